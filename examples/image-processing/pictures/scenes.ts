/**
 * The sample pictures as formulas: a scene gives the colour of a point. `x` and `y` run from 0 to 1,
 * `y` downwards; colours are linear from 0 to 1, the fourth number is opacity.
 */
export type Colour = readonly [red: number, green: number, blue: number, opacity?: number];
export type Scene = (x: number, y: number) => Colour;

const clamp = (value: number): number => Math.min(1, Math.max(0, value));
const smooth = (from: number, to: number, value: number): number => {
  const t = clamp((value - from) / (to - from));
  return t * t * (3 - 2 * t);
};
const blend = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];

/** The same number from 0 to 1 for the same lattice point, always. */
function lattice(x: number, y: number): number {
  let hash = Math.imul(x, 374_761_393) ^ Math.imul(y, 668_265_263);
  hash = Math.imul(hash ^ (hash >>> 13), 1_274_126_177);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

function noise(x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const across = smooth(0, 1, x - left);
  const upper = lattice(left, top) + (lattice(left + 1, top) - lattice(left, top)) * across;
  const lower = lattice(left, top + 1) + (lattice(left + 1, top + 1) - lattice(left, top + 1)) * across;
  return upper + (lower - upper) * smooth(0, 1, y - top);
}

/** Noise on noise, each octave half as large and twice as fine: clouds, ridges, sand. */
function cloud(x: number, y: number, octaves: number): number {
  let sum = 0;
  for (let octave = 0; octave < octaves; octave += 1) sum += noise(x * 2 ** octave + 17 * octave, y * 2 ** octave) / 2 ** (octave + 1);
  return sum;
}

/** Five ridges in the haze of a morning. */
export const mountains: Scene = (x, y) => {
  const sun = Math.exp(-14 * ((x - 0.68) ** 2 + (y - 0.27) ** 2));
  let colour: Colour = blend([0.36, 0.55, 0.82], [0.98, 0.83, 0.66], smooth(0, 0.6, y));
  colour = blend(colour, [1, 0.95, 0.82], clamp(sun + 0.5 * smooth(0.45, 0.8, cloud(3 * x, 9 * y, 6))));
  for (let ridge = 0; ridge < 5; ridge += 1) {
    const crest = 0.36 + 0.12 * ridge - (0.3 - 0.04 * ridge) * (cloud(2.2 * x + 9 * ridge, 3 * ridge, 7) - 0.35);
    if (y < crest) continue;
    const haze = 0.75 - 0.17 * ridge + 0.25 * smooth(0, 0.3, y - crest);
    const rock = 0.16 + 0.22 * cloud(40 * x, 40 * y + 5 * ridge, 4);
    colour = blend([rock * 0.75, rock, rock * 0.9], [0.8, 0.8, 0.86], clamp(haze));
  }
  return colour;
};

/** A low sun over moving water. */
export const sea: Scene = (x, y) => {
  const horizon = 0.47;
  const sky = (height: number): Colour => {
    const glow = Math.exp(-40 * ((x - 0.4) ** 2 + (height - 0.12) ** 2));
    const colour = blend([0.98, 0.52, 0.28], [0.16, 0.2, 0.44], smooth(0, 0.5, height));
    const streaks = smooth(0.45, 0.75, cloud(2.5 * x, 16 * height, 6));
    return blend(blend(colour, [0.86, 0.45, 0.42], 0.6 * streaks), [1, 0.93, 0.7], clamp(1.3 * glow));
  };
  if (y < horizon) return sky(horizon - y);
  const depth = y - horizon + 0.004;
  const ripple = cloud(0.9 * (x - 0.5) / depth + 20, 6 / depth, 5) - 0.48;
  const mirrored = sky(clamp(depth * 0.9 + 0.35 * ripple));
  return blend(mirrored, [0.05, 0.09, 0.18], clamp(0.35 + 0.9 * ripple + 0.4 * depth));
};

/** A town at night, seen from across the street. */
export const town: Scene = (x, y) => {
  let colour: Colour = blend([0.02, 0.03, 0.09], [0.25, 0.16, 0.22], smooth(0, 0.8, y));
  if (lattice(Math.floor(x * 800), Math.floor(y * 600)) > 0.9994) colour = [0.9, 0.9, 1];
  for (let row = 0; row < 3; row += 1) {
    const house = Math.floor(x * (16 - 4 * row) + 0.37 * row);
    const roof = 0.22 + 0.2 * row + 0.3 * lattice(house, row + 3);
    if (y < roof) continue;
    const [column, storey] = [x * (150 - 35 * row), (y - roof) * (90 - 20 * row)];
    const isWindow = column % 1 > 0.35 && storey % 1 > 0.45 && lattice(Math.floor(column), Math.floor(storey) + 50 * row) > 0.55;
    const wall = (0.05 + 0.03 * row) * (0.7 + 0.6 * cloud(90 * x, 90 * y, 2));
    const warmth = lattice(Math.floor(storey), Math.floor(column));
    colour = isWindow ? [0.95, 0.72 + 0.2 * warmth, 0.35 + 0.5 * warmth] : [wall, wall, wall * 1.4];
  }
  return colour;
};

/** Sand with the wind's pattern: taken with the camera held upright. */
export const dunes: Scene = (x, y) => {
  let colour: Colour = blend([0.24, 0.48, 0.8], [0.85, 0.87, 0.85], smooth(0, 0.5, y));
  for (let dune = 0; dune < 4; dune += 1) {
    const crest = 0.36 + 0.15 * dune + 0.1 * Math.sin(4 * x + 2.1 * dune) + 0.05 * noise(3 * x, dune);
    if (y < crest) continue;
    const shade = smooth(0, 0.12, y - crest) * 0.5 + 0.25 * Math.sin(4 * x + 2.1 * dune + 1);
    const wind = 0.06 * Math.sin(260 * (y - crest) + 9 * cloud(5 * x, 5 * y, 3)) + 0.1 * (cloud(200 * x, 200 * y, 2) - 0.4);
    colour = blend([0.93 + wind, 0.7 + wind, 0.42 + wind], [0.5, 0.28, 0.16], clamp(shade));
  }
  return colour;
};

/** A leaf without a background: only the leaf is opaque. */
export const leaf: Scene = (x, y) => {
  const along = 1 - y;
  const across = x - 0.5 - 0.05 * Math.sin(5 * along);
  const halfWidth = 0.34 * Math.sin(Math.PI * clamp((along - 0.08) / 0.88)) ** 0.8 + 0.004;
  const vein = Math.min(Math.abs(across) * 60, Math.abs(((along - 0.55 * Math.abs(across)) * 9) % 1 - 0.5) * 12);
  const green: Colour = [0.2 + 0.2 * along, 0.5 + 0.12 * cloud(7 * x, 7 * y, 3), 0.12];
  const colour = blend([0.72, 0.82, 0.45], green, smooth(0.2, 1.1, vein));
  return [colour[0], colour[1], colour[2], smooth(0, 0.006, halfWidth - Math.abs(across)) * smooth(0.02, 0.03, along)];
};

/** Tree trunks in fog, in black and white. */
export const forest: Scene = (x, y) => {
  let grey = 0.86 - 0.2 * y + 0.15 * (cloud(2 * x, 3 * y, 5) - 0.5);
  for (let depth = 0; depth < 5; depth += 1) {
    const place = x * (34 - 6 * depth) + 0.4 * noise(2 * y, 7 * depth);
    const isTree = lattice(Math.floor(place), depth + 11) > 0.55;
    const width = 0.12 + 0.05 * depth;
    if (isTree && Math.abs((place % 1) - 0.5) < width) grey = 0.68 - 0.14 * depth + 0.14 * (cloud(150 * x, 25 * y, 3) - 0.4);
  }
  const ground = smooth(0.8, 0.95, y + 0.05 * cloud(8 * x, 1, 4));
  grey = grey * (1 - ground) + ground * (0.2 + 0.25 * cloud(60 * x, 90 * y, 4));
  return [grey, grey, grey];
};
