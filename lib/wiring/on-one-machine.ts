import { randomBytes } from 'node:crypto';
import type { ObjectStore } from '../core/ports/object-store.ts';
import { httpEndpoint } from '../delivery/http-endpoint.ts';
import { system } from '../platform/system.ts';
import { KEY_BYTES, keyBox } from '../secrets/key-box.ts';
import { readOrMakeKeyFile } from '../secrets/key-file.ts';
import { dynamoDbClient } from '../storage/dynamodb/client.ts';
import { createTableIfAbsent } from '../storage/dynamodb/create-table.ts';
import { expiredItemsRemover } from '../storage/dynamodb/expired-items.ts';
import { dynamoDbItemTable } from '../storage/dynamodb/item-table.ts';
import { folderObjectStore } from '../storage/folder/object-store.ts';
import type { ItemTable } from '../storage/items/item-table.ts';
import { memoryObjectStore } from '../storage/memory/object-store.ts';
import { noFunctions } from './lambda-functions.ts';
import type { Adapters } from './rewindmq.ts';

/** One bounded step of tidying up. Answers whether there is more to do at once. */
export type TidyingStep = () => Promise<'more' | 'done'>;

/** Table and objects of one machine, what AWS would do with them by itself, and the ways out of it. */
export interface MachineStore extends Pick<Adapters, 'pushEndpoint' | 'functions' | 'secretBox'> {
  readonly items: ItemTable;
  readonly objects: ObjectStore;
  readonly tidying: Readonly<Record<string, TidyingStep>>;
}

export interface MachineStoreOptions {
  /** Of the engine. */
  readonly endpoint: string;
  /** Absent: objects are kept in memory, like the table. */
  readonly objectFolder?: string | undefined;
  /** What encrypts the secrets of access keys; one is made if there is none. Absent: a key that ends with this process. */
  readonly keyFile?: string | undefined;
}

const TABLE_NAME = 'rewindmq';

/** The engine asks for these, and believes any. */
const engineAccount = { region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } } as const;

/** @throws StoreUnavailable, SettingsError */
export async function openMachineStore({ endpoint, objectFolder, keyFile }: MachineStoreOptions): Promise<MachineStore> {
  const client = dynamoDbClient({ endpoint, ...engineAccount });
  await createTableIfAbsent(client, TABLE_NAME);
  const { objects, tidying } = objectFolder === undefined ? objectsInMemory() : objectsInFolder(objectFolder);
  return {
    items: dynamoDbItemTable({ client, tableName: TABLE_NAME }),
    objects,
    // Its owner's own servers are on it, and around it.
    pushEndpoint: httpEndpoint({ sleep: (ms, signal) => system.sleep(ms, signal), allowPrivateAddresses: true }),
    functions: noFunctions,
    secretBox: keyBox(keyFile === undefined ? randomBytes(KEY_BYTES) : await readOrMakeKeyFile(keyFile)),
    tidying: { ...tidying, expiredItems: expiredItemsRemover({ client, tableName: TABLE_NAME, nowMs: () => system.now() }) },
  };
}

type Objects = Pick<MachineStore, 'objects' | 'tidying'>;

const objectsInMemory = (): Objects => ({ objects: memoryObjectStore(), tidying: {} });

function objectsInFolder(folder: string): Objects {
  const store = folderObjectStore({ folder, newId: () => system.newId() });
  const expiredObjects = async () => {
    await store.removeExpired(system.now());
    return 'done' as const;
  };
  return { objects: store, tidying: { expiredObjects } };
}
