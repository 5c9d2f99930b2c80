import sharp from 'sharp';
import { applyOperation, formatOf, nameOf, type Operation } from './pictures.ts';

export interface ResultToCheck {
  readonly original: Uint8Array;
  readonly operation: Operation;
  readonly result: Uint8Array;
}

/** What is wrong with a result, measured on the file itself; nothing when all is well. */
export async function problemsOf({ original, operation, result }: ResultToCheck): Promise<readonly string[]> {
  const [before, after] = await Promise.all([sharp(original).metadata(), sharp(result).metadata()]);
  const upright = before.autoOrient;
  const expected = { thumbnail: 'webp', crop: 'jpeg', contrast: 'jpeg' }[operation.kind];
  const problems = [
    after.format === expected ? [] : [`is ${after.format}, not ${expected}`],
    hasSize(operation, upright, after) ? [] : [`has the size ${after.width} x ${after.height}`],
    operation.kind === 'contrast' && !(await isChanged(original, result)) ? ['looks as before'] : [],
  ].flat();
  return problems.map((problem) => `${nameOf(operation)}.${formatOf(operation)} ${problem}`);
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function hasSize(operation: Operation, original: Size, { width, height }: Size): boolean {
  switch (operation.kind) {
    case 'thumbnail': {
      const shrink = Math.min(1, operation.side / Math.max(original.width, original.height));
      return Math.abs(width - original.width * shrink) < 1 && Math.abs(height - original.height * shrink) < 1;
    }
    case 'crop': return width === operation.width && height === operation.height;
    case 'contrast': return width === original.width && height === original.height;
  }
}

const differenceMin = 2;

/** Whether the two differ by more than what saving as JPEG does, on average over all pixels. */
async function isChanged(original: Uint8Array, result: Uint8Array): Promise<boolean> {
  const { bytes: unchanged } = await applyOperation(original, { kind: 'contrast', factor: 1 });
  const difference = await sharp(result).toColourspace('srgb')
    .composite([{ input: await sharp(unchanged).toColourspace('srgb').toBuffer(), blend: 'difference' }])
    .raw().toBuffer();
  return difference.reduce((sum, value) => sum + value, 0) / difference.length > differenceMin;
}
