import type { Actor } from '../stage.ts';
import { consumer, consumerOf } from './consumer.ts';
import { crowd } from './crowd.ts';
import { delayer } from './delayer.ts';
import { patcher } from './patcher.ts';
import { purger } from './purger.ts';
import { rebuilder } from './rebuilder.ts';
import { redriver } from './redriver.ts';
import { repeater } from './repeater.ts';
import { replayer } from './replayer.ts';
import { rewinder } from './rewinder.ts';
import { sender } from './sender.ts';
import { watcher } from './watcher.ts';

/** Every actor there is; profile.ts says how many of each a run has. */
export const cast: Readonly<Record<string, Actor>> = {
  sender, consumer, delayer, repeater, purger, patcher, rebuilder, redriver, watcher, crowd, rewinder, replayer, undertaker: consumerOf('dead'),
};
