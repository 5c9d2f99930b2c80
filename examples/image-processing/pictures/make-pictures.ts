import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { dunes, forest, leaf, mountains, type Scene, sea, town } from './scenes.ts';

/** Make the sample pictures again: `npx tsx examples/image-processing/pictures/make-pictures.ts`. */
interface Picture {
  readonly file: string;
  readonly scene: Scene;
  readonly width: number;
  readonly height: number;
  readonly finish: (image: Sharp) => Sharp;
}

const jpeg = (image: Sharp): Sharp => image.removeAlpha().jpeg({ quality: 72, mozjpeg: true });

const pictures: readonly Picture[] = [
  { file: 'mountains.jpg', scene: mountains, width: 1600, height: 1200, finish: jpeg },
  { file: 'sea.jpg', scene: sea, width: 1600, height: 900, finish: (image) => image.removeAlpha().jpeg({ quality: 78, progressive: true }) },
  { file: 'town.jpg', scene: town, width: 1600, height: 1200, finish: jpeg },
  // As a camera held upright stores it: lying on its side, with a note in its EXIF data how to turn it.
  { file: 'dunes-upright.jpg', scene: dunes, width: 1200, height: 1600, finish: (image) => jpeg(image.rotate(270)).withMetadata({ orientation: 6 }) },
  { file: 'leaf.png', scene: leaf, width: 700, height: 900, finish: (image) => image.png({ compressionLevel: 9, adaptiveFiltering: true }) },
  { file: 'forest-grey.jpg', scene: forest, width: 1400, height: 1050, finish: (image) => jpeg(image.greyscale()) },
];

for (const picture of pictures) {
  const { size } = await picture.finish(render(picture)).toFile(join(import.meta.dirname, picture.file));
  console.log(`${picture.file}  ${picture.width} x ${picture.height}  ${Math.round(size / 1024)} KiB`);
}

function render({ scene, width, height }: Picture): Sharp {
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const [red, green, blue, opacity = 1] = scene(column / width, row / height);
      pixels.set([red * 255, green * 255, blue * 255, opacity * 255], (row * width + column) * 4);
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 4 } });
}
