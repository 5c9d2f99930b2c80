import type { Actor } from '../stage.ts';
import { ageHousekeeper } from './age-housekeeper.ts';
import { consumer, consumerOf } from './consumer.ts';
import { crowd } from './crowd.ts';
import { delayer } from './delayer.ts';
import { filterChanger, topicPatcher } from './filter-changer.ts';
import { patcher } from './patcher.ts';
import { publisher, publisherCrowd, publishRepeater } from './publisher.ts';
import { purger, purgerOf } from './purger.ts';
import { rebuilder } from './rebuilder.ts';
import { redriver, redriverTo } from './redriver.ts';
import { repeater } from './repeater.ts';
import { replayer } from './replayer.ts';
import { rewinder, rewinderOf } from './rewinder.ts';
import { sender } from './sender.ts';
import { subscriber } from './subscriber.ts';
import { subscriptionWatcher } from './subscription-watcher.ts';
import { pathOf, subscriptionNames, subscriptionOf, TOPIC } from './subscriptions.ts';
import { watcher } from './watcher.ts';

/** Every actor there is; profile.ts says how many of each a run has. */
export const cast: Readonly<Record<string, Actor>> = {
  sender, consumer, delayer, repeater, purger, patcher, rebuilder, redriver, watcher, crowd, rewinder, replayer, ageHousekeeper, undertaker: consumerOf('dead'),
  publisher, publisherCrowd, publishRepeater, subscriber, filterChanger, topicPatcher, subscriptionWatcher,
  ...Object.fromEntries(subscriptionNames.map((name) => [`${name}Reader`, consumerOf(pathOf(name))])),
  subscriptionRewinder: rewinderOf({ nameOf: subscriptionOf, log: `${TOPIC}/` }), subscriptionPurger: purgerOf(subscriptionOf), subscriptionRedriver: redriverTo(pathOf('all')),
};
