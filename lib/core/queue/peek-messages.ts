import type { Deps } from '../deps.ts';
import type { Message, MessageState } from '../message.ts';
import type { EpochMs } from '../time.ts';

/** A message as it stands now, seen without receiving it. */
export interface PeekedMessage extends Message {
  readonly state: MessageState;
  /** When it becomes, or became, visible; absent when it is not coming back by itself. */
  readonly visibleAtMs?: EpochMs;
  readonly receiveCount: number;
  readonly firstReceivedAtMs?: EpochMs;
}

export interface PeekRequest {
  readonly name: string;
  readonly state: 'ready' | 'inFlight' | 'delayed';
  readonly tag?: string;
  /** Enqueued at or after. */
  readonly fromMs?: EpochMs;
  /** Enqueued before. */
  readonly toMs?: EpochMs;
  readonly limit: number;
  readonly cursor?: string;
}

export interface PeekAnswer {
  readonly messages: readonly PeekedMessage[];
  /** Absent when everything was looked at. A page may be empty and still have one. */
  readonly cursor?: string;
}

export async function peekMessages(_deps: Deps, _request: PeekRequest): Promise<PeekAnswer> {
  throw new Error('not written');
}
