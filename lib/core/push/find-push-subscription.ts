import type { Deps } from '../deps.ts';
import { changeDefinition } from '../queue/change-definition.ts';
import { parseName } from '../queue/names.ts';
import { viewOf } from '../queue/view.ts';
import type { PushSettings } from './push-settings.ts';
import type { FindPushSubscription } from './push-subscription.ts';

/** A push subscription as its record is. */
export const findPushSubscription: FindPushSubscription = async (deps, incarnation, ageMs) => {
  const definition = (await viewOf(deps, incarnation, ageMs))?.definition;
  const push = definition?.subscription?.push;
  if (!definition || !push) return undefined;
  const named = parseName(definition.name);
  if (named.kind !== 'subscription') throw new Error(`${definition.name} is not a subscription`);
  return {
    name: definition.name, topic: named.topic, subscription: named.subscription, ...push,
    confirm: () => setConfirmation(deps, incarnation, push, 'confirmed'),
    giveUpConfirmation: () => setConfirmation(deps, incarnation, push, 'failed'),
  };
};

/** Of the endpoint that was asked, and not of one that has taken its place since. */
async function setConfirmation(deps: Deps, incarnation: string, asked: PushSettings, confirmation: PushSettings['confirmation']): Promise<void> {
  await changeDefinition(deps, incarnation, ({ subscription }) => {
    const isAnother = !subscription?.push || urlOf(subscription.push) !== urlOf(asked) || subscription.push.confirmation !== 'pending';
    return isAnother || !subscription.push ? undefined : { subscription: { ...subscription, push: { ...subscription.push, confirmation } } };
  });
}

const urlOf = ({ delivery }: PushSettings): string | undefined => (delivery.kind === 'http' ? delivery.url : undefined);
