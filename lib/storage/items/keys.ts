import type { AccessKeyRecord } from '../../core/ports/access-key-table.ts';
import type { ArchiveManifest, LeftOut } from '../../core/ports/archive-table.ts';
import type { AgeWatch, AppendIntent, PushRecord, RedriveJob, ReplayJob, RewindRecord } from '../../core/ports/job-table.ts';
import type { AlarmKey, LeaseKey } from '../../core/ports/lease-table.ts';
import type { Segment, ShardKey } from '../../core/ports/log-table.ts';
import type { RegistryEntry, RetiredShard } from '../../core/ports/queue-table.ts';
import { type EpochMs, epochMs } from '../../core/time.ts';
import type { ItemKey } from './item-table.ts';

/**
 * Every key there is. Keys are stored data: add, never change or reuse.
 *
 *   item               pk                        sk
 *   ─────────────────  ────────────────────────  ─────────────────────────────
 *   registry           n/<registry>              <name>
 *   definition         q/<incarnation>           D
 *   group              q/<incarnation>           G
 *   retired shard      q/<incarnation>           S<version><shard>
 *   segment            l/<log>/<shard>           <base>
 *   archive manifest   l/<log>/<shard>           A<first>
 *   left out of it     l/<log>/<shard>           B<base>
 *   lease              c/<chain>/<shard>         C<first>
 *   head               c/<chain>/<shard>         H
 *   alarm              a/<chain>                 P<due>/<shard>/<first>
 *   parked alarm       a/<chain>                 K<due>/<shard>/<first>
 *   redrive            j/<incarnation>           R<redrive id>
 *   rewind             j/<incarnation>           W<rewind id>
 *   replay             j/<incarnation>           Y<replay id>
 *   push               p/push                    <incarnation>
 *   age watch          p/age                     <incarnation>
 *   append intent      i/<incarnation>/<key>     I
 *   secret             s/secret                  <name>
 *   access key         k/key                     <id>
 *
 * A registry is `queue`, `topic`, or the incarnation of a topic, for its subscriptions. Topics and
 * subscriptions are stored as queues are; the incarnation of a subscription is `<topic's>.<its own id>`.
 *
 * Definition and group share a partition, so that one query reads both. The alarms of a chain are
 * one sorted list, whatever its shards. An append intent has a partition of its own: they come with
 * every send, and nobody lists them. Pushes share one, so that one query finds those to look after: some
 * hundred of them may begin and end in a second, and DynamoDB splits a partition that stays busier. So do age watches. Manifests sort behind every segment, whose keys begin with a digit:
 * no offset is so high that its first one is a letter. What was left out sorts behind them, so that the
 * last item of a shard says whether anything was. Ids contain no slash.
 *
 * Numbers are padded, so that the order of strings is the order of numbers; in base 36, because
 * every byte of a key is paid with every write.
 */

/** 2^53 - 1 has this many digits in base 36; a due time in the year 9999 has fewer. */
const DIGITS = 11;

export const padded = (value: number): string => value.toString(36).padStart(DIGITS, '0');

const unpadded = (digits: string): number => Number.parseInt(digits, 36);

/** Sorts behind every padded number, and behind every character of a name or an id. */
const END = '~';

const registryPk = (registry: string): string => `n/${registry}`;
const secretPk = 's/secret';

type RegistryKey = Pick<RegistryEntry, 'registry' | 'name'>;

export const registryKey = ({ registry, name }: RegistryKey): ItemKey => ({ pk: registryPk(registry), sk: name });

export function parseRegistryKey(key: ItemKey): RegistryKey {
  const [registry, name] = matched(key, /^n\/([^/]+)$/, /^(.+)$/);
  return { registry: registry!, name: name! };
}

export const registryRange = (registry: string, prefix: string) =>
  ({ pk: registryPk(registry), from: prefix === '' ? '!' : prefix, until: `${prefix}${END}` });

export const queuePk = (incarnation: string): string => `q/${incarnation}`;
export const definitionKey = (incarnation: string): ItemKey => ({ pk: queuePk(incarnation), sk: 'D' });
export const groupKey = (incarnation: string): ItemKey => ({ pk: queuePk(incarnation), sk: 'G' });
/** Definition and group, and nothing else. */
export const viewRange = (incarnation: string) => ({ pk: queuePk(incarnation), from: 'D', until: 'G' });
export const parseQueueKey = (key: ItemKey) => ({ incarnation: matched(key, /^q\/([^/]+)$/, /^[DG]$/)[0]! });

type RetiredShardKey = Pick<RetiredShard, 'incarnation' | 'version' | 'id'>;

export const retiredShardKey = ({ incarnation, version, id }: RetiredShardKey): ItemKey =>
  ({ pk: queuePk(incarnation), sk: `S${padded(version)}${id}` });

export function parseRetiredShardKey(key: ItemKey): RetiredShardKey {
  const [incarnation, version, id] = matched(key, /^q\/([^/]+)$/, /^S(.{11})([^/]+)$/);
  return { incarnation: incarnation!, version: unpadded(version!), id: id! };
}

export const retiredShardRange = (incarnation: string, afterVersion: number) =>
  ({ pk: queuePk(incarnation), from: `S${padded(afterVersion + 1)}`, until: `S${END}` });

type SegmentKey = Pick<Segment, 'log' | 'shard' | 'base'>;

const logPk = ({ log, shard }: ShardKey): string => `l/${log}/${shard}`;

export const segmentKey = ({ log, shard, base }: SegmentKey): ItemKey => ({ pk: logPk({ log, shard }), sk: padded(base) });

export function parseSegmentKey(key: ItemKey): SegmentKey {
  const [log, shard, base] = matched(key, /^l\/([^/]+)\/([^/]+)$/, /^(.{11})$/);
  return { log: log!, shard: shard!, base: unpadded(base!) };
}

export const segmentRange = (shard: ShardKey, { from = 0, until = Number.MAX_SAFE_INTEGER }: { from?: number; until?: number }) =>
  ({ pk: logPk(shard), from: padded(from), until: padded(until) });

type ManifestKey = Pick<ArchiveManifest, 'log' | 'shard' | 'first'>;

export const manifestKey = ({ log, shard, first }: ManifestKey): ItemKey => ({ pk: logPk({ log, shard }), sk: `A${padded(first)}` });

export function parseManifestKey(key: ItemKey): ManifestKey {
  const [log, shard, first] = matched(key, /^l\/([^/]+)\/([^/]+)$/, /^A(.{11})$/);
  return { log: log!, shard: shard!, first: unpadded(first!) };
}

export const manifestRange = (shard: ShardKey, { from = 0, until = Number.MAX_SAFE_INTEGER }: { from?: number; until?: number }) =>
  ({ pk: logPk(shard), from: `A${padded(from)}`, until: `A${padded(until)}` });

type LeftOutKey = Pick<LeftOut, 'log' | 'shard' | 'base'>;

export const leftOutKey = ({ log, shard, base }: LeftOutKey): ItemKey => ({ pk: logPk({ log, shard }), sk: `B${padded(base)}` });

export function parseLeftOutKey(key: ItemKey): LeftOutKey {
  const [log, shard, base] = matched(key, /^l\/([^/]+)\/([^/]+)$/, /^B(.{11})$/);
  return { log: log!, shard: shard!, base: unpadded(base!) };
}

export const isLeftOutKey = ({ pk, sk }: ItemKey): boolean => pk.startsWith('l/') && sk.startsWith('B');

export const leftOutRange = (shard: ShardKey) => ({ pk: logPk(shard), from: 'B', until: `B${END}` });

/** Manifests, and behind them what was left out. */
export const archiveRange = (shard: ShardKey) => ({ pk: logPk(shard), from: 'A', until: `B${END}` });

type ChainShard = Pick<LeaseKey, 'chain' | 'shard'>;

const chainShardPk = ({ chain, shard }: ChainShard): string => `c/${chain}/${shard}`;

export const leaseKey = ({ chain, shard, first }: LeaseKey): ItemKey =>
  ({ pk: chainShardPk({ chain, shard }), sk: `C${padded(first)}` });

export function parseLeaseKey(key: ItemKey): LeaseKey {
  const [chain, shard, first] = matched(key, /^c\/([^/]+)\/([^/]+)$/, /^C(.{11})$/);
  return { chain: chain!, shard: shard!, first: unpadded(first!) };
}

export const leaseRange = (shard: ChainShard, { from = 0, until = Number.MAX_SAFE_INTEGER }: { from?: number; until?: number }) =>
  ({ pk: chainShardPk(shard), from: `C${padded(from)}`, until: `C${padded(until)}` });

export const headKey = (shard: ChainShard): ItemKey => ({ pk: chainShardPk(shard), sk: 'H' });

export function parseHeadKey(key: ItemKey): ChainShard {
  const [chain, shard] = matched(key, /^c\/([^/]+)\/([^/]+)$/, /^H$/);
  return { chain: chain!, shard: shard! };
}

const alarmPk = (chain: string): string => `a/${chain}`;

export const alarmKey = ({ chain, dueAtMs, shard, first, isParked = false }: AlarmKey): ItemKey =>
  ({ pk: alarmPk(chain), sk: `${isParked ? 'K' : 'P'}${padded(dueAtMs)}/${shard}/${padded(first)}` });

export function parseAlarmKey(key: ItemKey): AlarmKey {
  const [chain, kind, due, shard, first] = matched(key, /^a\/([^/]+)$/, /^([KP])(.{11})\/([^/]+)\/(.{11})$/);
  return {
    chain: chain!, dueAtMs: epochMs(unpadded(due!)), shard: shard!, first: unpadded(first!), ...(kind === 'K' && { isParked: true }),
  };
}

/** From an alarm on, up to those due at `untilMs`; parked ones, which sort before all others, when asked for. */
export const alarmRange = (
  chain: string, { from, untilMs, parked }: { from?: AlarmKey | undefined; untilMs?: EpochMs | undefined; parked?: 'too' | 'only' | undefined },
) => {
  const until = `${untilMs === undefined ? '' : padded(untilMs)}${END}`;
  return { pk: alarmPk(chain), from: from ? alarmKey(from).sk : firstAlarm(parked), until: parked === 'only' ? `K${until}` : `P${until}` };
};

const firstAlarm = (parked: 'too' | 'only' | undefined): string => (parked ? 'K' : 'P');

type RedriveKey = Pick<RedriveJob, 'incarnation' | 'redriveId'>;

const jobPk = (incarnation: string): string => `j/${incarnation}`;

export const redriveKey = ({ incarnation, redriveId }: RedriveKey): ItemKey => ({ pk: jobPk(incarnation), sk: `R${redriveId}` });

export function parseRedriveKey(key: ItemKey): RedriveKey {
  const [incarnation, redriveId] = matched(key, /^j\/([^/]+)$/, /^R([^/]+)$/);
  return { incarnation: incarnation!, redriveId: redriveId! };
}

export const redriveRange = (incarnation: string) => ({ pk: jobPk(incarnation), from: 'R', until: `R${END}` });

type RewindKey = Pick<RewindRecord, 'incarnation' | 'rewindId'>;

export const rewindKey = ({ incarnation, rewindId }: RewindKey): ItemKey => ({ pk: jobPk(incarnation), sk: `W${rewindId}` });

export function parseRewindKey(key: ItemKey): RewindKey {
  const [incarnation, rewindId] = matched(key, /^j\/([^/]+)$/, /^W([^/]+)$/);
  return { incarnation: incarnation!, rewindId: rewindId! };
}

export const rewindRange = (incarnation: string) => ({ pk: jobPk(incarnation), from: 'W', until: `W${END}` });

type ReplayKey = Pick<ReplayJob, 'incarnation' | 'replayId'>;

export const replayKey = ({ incarnation, replayId }: ReplayKey): ItemKey => ({ pk: jobPk(incarnation), sk: `Y${replayId}` });

export function parseReplayKey(key: ItemKey): ReplayKey {
  const [incarnation, replayId] = matched(key, /^j\/([^/]+)$/, /^Y([^/]+)$/);
  return { incarnation: incarnation!, replayId: replayId! };
}

export const replayRange = (incarnation: string) => ({ pk: jobPk(incarnation), from: 'Y', until: `Y${END}` });

const pushPk = 'p/push';

export const pushKey = ({ incarnation }: Pick<PushRecord, 'incarnation'>): ItemKey => ({ pk: pushPk, sk: incarnation });
export const parsePushKey = (key: ItemKey): Pick<PushRecord, 'incarnation'> => ({ incarnation: matched(key, /^p\/push$/, /^([^/]+)$/)[0]! });
export const pushRange = () => ({ pk: pushPk, from: '!', until: END });

const agePk = 'p/age';

export const ageWatchKey = ({ incarnation }: Pick<AgeWatch, 'incarnation'>): ItemKey => ({ pk: agePk, sk: incarnation });
export const parseAgeWatchKey = (key: ItemKey): Pick<AgeWatch, 'incarnation'> => ({ incarnation: matched(key, /^p\/age$/, /^([^/]+)$/)[0]! });
export const ageWatchRange = () => ({ pk: agePk, from: '!', until: END });

type IntentKey = Pick<AppendIntent, 'incarnation' | 'idempotencyKey'>;

export const intentKey = ({ incarnation, idempotencyKey }: IntentKey): ItemKey =>
  ({ pk: `i/${incarnation}/${idempotencyKey}`, sk: 'I' });

export function parseIntentKey(key: ItemKey): IntentKey {
  const [incarnation, idempotencyKey] = matched(key, /^i\/([^/]+)\/(.+)$/s, /^I$/);
  return { incarnation: incarnation!, idempotencyKey: idempotencyKey! };
}

export const secretKey = (name: string): ItemKey => ({ pk: secretPk, sk: name });
export const parseSecretKey = (key: ItemKey): { readonly name: string } => ({ name: key.sk });

const accessKeyPk = 'k/key';

export const accessKeyKey = ({ id }: Pick<AccessKeyRecord, 'id'>): ItemKey => ({ pk: accessKeyPk, sk: id });
export const parseAccessKeyKey = (key: ItemKey): Pick<AccessKeyRecord, 'id'> => ({ id: matched(key, /^k\/key$/, /^([^/]+)$/)[0]! });
export const accessKeyRange = () => ({ pk: accessKeyPk, from: '!', until: END });

/** What the two patterns capture, in order. */
function matched({ pk, sk }: ItemKey, pkPattern: RegExp, skPattern: RegExp): readonly (string | undefined)[] {
  const [pkFound, skFound] = [pkPattern.exec(pk), skPattern.exec(sk)];
  if (!pkFound || !skFound) throw new Error(`not a key of that kind: ${pk} ${sk}`);
  return [...pkFound.slice(1), ...skFound.slice(1)];
}
