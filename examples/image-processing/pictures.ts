import sharp, { type Sharp } from 'sharp';
import { z } from 'zod';

const pixels = z.number().int().min(1).max(4096);

/** What can be done to a picture. The text form is `thumbnail:320`, `crop:600x400`, `contrast:1.4`. */
const operationShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('thumbnail'), side: pixels }),
  z.strictObject({ kind: z.literal('crop'), width: pixels, height: pixels }),
  z.strictObject({ kind: z.literal('contrast'), factor: z.number().min(0.1).max(5) }),
]);

export type Operation = z.infer<typeof operationShape>;

/** The index message: where the picture lies and what to do with it. The picture itself stays in the store. */
export const pictureRequestShape = z.strictObject({
  pictureKey: z.string(),
  operations: z.array(operationShape).min(1).max(10),
});

export type PictureRequest = z.infer<typeof pictureRequestShape>;

const doneShape = z.strictObject({ operation: z.string(), resultKey: z.string(), width: z.number(), height: z.number() });

/** The answer of a worker: the results, or why there are none. */
export const pictureResponseShape = z.strictObject({
  pictureKey: z.string(),
  worker: z.string(),
  receiveCount: z.number(),
  results: z.array(doneShape),
  problem: z.string().optional(),
});

export type PictureResponse = z.infer<typeof pictureResponseShape>;
export type PictureResult = z.infer<typeof doneShape>;

/** Texts such as `thumbnail:320,crop:600x600`; the error names the part that is wrong. */
export function parseOperations(text: string): readonly Operation[] {
  return text.split(',').map((part) => {
    const [kind, value = ''] = part.split(':');
    const [first, second] = value.split('x').map(Number);
    const { success, data } = operationShape.safeParse(kind === 'crop'
      ? { kind, width: first, height: second }
      : { kind, ...(kind === 'thumbnail' ? { side: first } : { factor: first }) });
    if (!success) throw new RangeError(`"${part}" is not an operation: thumbnail:SIDE, crop:WIDTHxHEIGHT or contrast:FACTOR`);
    return data;
  });
}

export function nameOf(operation: Operation): string {
  switch (operation.kind) {
    case 'thumbnail': return `thumbnail-${operation.side}`;
    case 'crop': return `crop-${operation.width}x${operation.height}`;
    case 'contrast': return `contrast-${operation.factor}`;
  }
}

export const formatOf = ({ kind }: Operation): 'webp' | 'jpg' => (kind === 'thumbnail' ? 'webp' : 'jpg');

export interface Processed {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

const pixelsMax = 50_000_000;

/** Do one operation. The same picture and operation give the same result, whoever does it and however often. */
export async function applyOperation(picture: Uint8Array, operation: Operation): Promise<Processed> {
  const upright = sharp(picture, { limitInputPixels: pixelsMax }).autoOrient();
  const { data, info } = await finish(upright, operation).toBuffer({ resolveWithObject: true });
  return { bytes: data, width: info.width, height: info.height };
}

function finish(image: Sharp, operation: Operation): Sharp {
  switch (operation.kind) {
    case 'thumbnail':
      return image.resize(operation.side, operation.side, { fit: 'inside', withoutEnlargement: true }).webp({ quality: 80 });
    case 'crop':
      return asJpeg(image.resize(operation.width, operation.height, { fit: 'cover', position: 'attention' }));
    case 'contrast':
      // Away from the middle grey, by the factor.
      return asJpeg(image).linear(operation.factor, 128 * (1 - operation.factor));
  }
}

/** JPEG knows no transparency: what was transparent becomes white. */
const asJpeg = (image: Sharp): Sharp => image.flatten({ background: 'white' }).jpeg({ quality: 85 });
