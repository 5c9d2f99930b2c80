import { importsOf, isTypeScript, type SourceFile } from './source.ts';

interface Layer {
  /** The folder it is. */
  readonly folder: string;
  /** Folders of the project it may import, besides itself. */
  readonly folders: readonly string[];
  /** Packages and `node:` modules it may import; `any` where no rule is needed. */
  readonly packages: RegExp | 'any';
}

const adapter = (folder: string, packages: RegExp): Layer => ({
  folder: `lib/storage/${folder}`,
  folders: ['lib/core', 'lib/storage/items', 'lib/storage/packing', 'lib/storage/archive'],
  packages,
});

const entryPointFolders = ['lib/core', 'lib/platform', 'lib/protocol', 'lib/housekeeping', 'lib/wiring'];

/** Every arrow points at the core. A folder takes the first row that it lies in. */
const layers: readonly Layer[] = [
  { folder: 'lib/core', folders: [], packages: /^node:assert$/ },
  adapter('items', /^node:/),
  adapter('memory', /^node:/),
  adapter('folder', /^node:/),
  adapter('packing', /^(?:node:|msgpackr$)/),
  adapter('archive', /^(?:node:|hyparquet(?:-writer)?$)/),
  adapter('dynamodb', /^(?:node:|@aws-sdk\/|@smithy\/)/),
  adapter('s3', /^(?:node:|@aws-sdk\/|@smithy\/)/),
  adapter('', /^(?:node:|@aws-sdk\/|@smithy\/)/),
  { folder: 'lib/protocol', folders: ['lib/core'], packages: /^(?:node:|zod$|@smithy\/(?:core|signature-v4)(?:\/|$))/ },
  { folder: 'lib/platform', folders: ['lib/core'], packages: /^node:/ },
  { folder: 'lib/secrets', folders: ['lib/core', 'lib/platform'], packages: /^(?:node:|@aws-sdk\/client-kms$)/ },
  { folder: 'lib/delivery', folders: ['lib/core'], packages: /^(?:node:|ipaddr\.js$)/ },
  { folder: 'lib/housekeeping', folders: ['lib/core'], packages: /^node:/ },
  { folder: 'lib/client', folders: [], packages: /^node:/ },
  { folder: 'lib/wiring', folders: ['lib'], packages: /^(?:node:|@aws-sdk\/|@smithy\/)/ },
  { folder: 'lib', folders: [], packages: /^node:/ },
  { folder: 'lambdas', folders: entryPointFolders, packages: 'any' },
  { folder: 'local', folders: entryPointFolders, packages: /^(?:node:|@dynoxide\/|@aws-sdk\/|@smithy\/)/ },
  { folder: 'cdk', folders: ['lib/platform'], packages: 'any' },
  { folder: 'cli', folders: ['lib/client', 'lib/platform'], packages: 'any' },
  { folder: 'examples', folders: ['lib/client'], packages: 'any' },
];

const liesIn = (path: string, folder: string): boolean => path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
const isOfProject = (request: string): boolean => /^(?:lib|lambdas|local|cdk|cli|console|test|bench|examples)\//.test(request);

/** Imports that point the wrong way. */
export function layerFaults(files: readonly SourceFile[]): readonly string[] {
  return files.filter(isTypeScript).flatMap((file) => {
    const layer = layers.find(({ folder }) => liesIn(file.name, folder));
    if (!layer) return [];
    return importsOf(file)
      .filter((request) => !mayImport(layer, request))
      .map((request) => `${file.name} imports ${request}, but ${layer.folder} may not`);
  });
}

function mayImport({ folder, folders, packages }: Layer, request: string): boolean {
  // Data is for all: CDK reads some of the core's tables, and none of its code.
  if (request.endsWith('.json')) return true;
  if (isOfProject(request)) return [folder, ...folders].some((allowed) => liesIn(request, allowed));
  return packages === 'any' || packages.test(request);
}
