import type { Api } from '../api.ts';
import { CommandFailed } from '../failure.ts';
import { accessKey, type AccessKey, accessKeyPage, newAccessKey, type NewAccessKey } from './answers.ts';
import { renderKey, renderKeys, renderNewKey } from './render-keys.ts';
import type { KeyFields, KeysTask } from './tasks.ts';

/** What came of a task, for a program and for a reader. */
export interface Outcome {
  readonly answer: object;
  readonly text: string;
  /** What is lost if it cannot be written down. */
  readonly ifUnwritten?: string;
}

const LATE = 'It is in force everywhere within 10 seconds.\n';

/** @throws CommandFailed */
export async function performKeysTask(api: Api, task: KeysTask): Promise<Outcome> {
  switch (task.kind) {
    case 'createKey': return issued(await createKey(api, task.fields));
    case 'listKeys': {
      const accessKeys = await listKeys(api);
      return { answer: { accessKeys }, text: renderKeys(accessKeys) };
    }
    case 'showKey': return shown(await api.call({ method: 'GET', path: pathOf(task.id), answer: accessKey }));
    case 'changeKey': return shown(await api.call({ method: 'PATCH', path: pathOf(task.id), body: task.fields, answer: accessKey }), `\n${LATE}`);
    case 'revokeKey': return shown(await api.call({ method: 'DELETE', path: pathOf(task.id), answer: accessKey }), `\n${LATE}`);
  }
}

const path = '/v1/access-keys';
const pathOf = (id: string): string => `${path}/${encodeURIComponent(id)}`;

const shown = (key: AccessKey, note = ''): Outcome => ({ answer: key, text: renderKey(key) + note });

const issued = (key: NewAccessKey): Outcome => ({
  answer: key,
  text: renderNewKey(key),
  ifUnwritten: `The access key ${key.accessKeyId} was issued, and nobody knows its secret: revoke it, and issue another one.`,
});

/** Not tried again by itself: each try that gets through issues a key. */
async function createKey(api: Api, fields: KeyFields): Promise<NewAccessKey> {
  try {
    return await api.call({ method: 'POST', path, body: fields, answer: newAccessKey });
  } catch (error) {
    if (!(error instanceof CommandFailed) || !error.mayHaveHappened) throw error;
    const advice = 'Perhaps the key was issued all the same. Look for it with `keys list`, and revoke one whose secret nobody knows.';
    throw new CommandFailed(`${error.message}\n${advice}`, { exitCode: error.exitCode, mayHaveHappened: true, cause: error });
  }
}

const KEYS_PER_PAGE = 1000;
const PAGES_MAX = 1000;

/** Page after page. */
async function listKeys(api: Api): Promise<readonly AccessKey[]> {
  const found: AccessKey[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const query = { limit: String(KEYS_PER_PAGE), ...(cursor === undefined ? {} : { cursor }) };
    const page = await api.call({ method: 'GET', path, query, answer: accessKeyPage });
    found.push(...page.accessKeys);
    ({ cursor } = page);
    if (cursor === undefined) return found;
  }
  throw new CommandFailed(`there are more than ${PAGES_MAX} pages of access keys`);
}
