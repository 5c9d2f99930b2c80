import { utf8Bytes } from '../../core/text-size.ts';
import { cmqLimits } from './limits.ts';
import type { Parameters } from './parameters.ts';
import { CmqRefusal, type RefusalName } from './refusals.ts';

/** Tags of a message or of a filter; empty ones, which some clients send, are none. */
export function tagsIn(params: Parameters, parameter: 'msgTag' | 'filterTag', tooMany: RefusalName): readonly string[] {
  const tags = params.list(parameter).filter((tag) => tag !== '');
  if (tags.length > cmqLimits.tags.max) throw new CmqRefusal(tooMany);
  if (tags.some((tag) => tag.length > cmqLimits.tagLength.max)) throw new CmqRefusal('outOfRange', parameter);
  return tags;
}

/** @throws CmqRefusal `outOfRange`, `tooManyDots` */
export function routingKeyIn(params: Parameters): string | undefined {
  const key = params.optionalText('routingKey');
  if (key !== undefined) checkKey(key, 'routingKey');
  return key;
}

/** @throws CmqRefusal `tooManyBindingKeys`, `outOfRange`, `tooManyDots` */
export function bindingKeysIn(params: Parameters): readonly string[] {
  const keys = params.list('bindingKey').filter((key) => key !== '');
  if (keys.length > cmqLimits.bindingKeys.max) throw new CmqRefusal('tooManyBindingKeys');
  for (const key of keys) checkKey(key, 'bindingKey');
  return keys;
}

function checkKey(key: string, parameter: string): void {
  if (utf8Bytes(key) > cmqLimits.keyBytes.max) throw new CmqRefusal('outOfRange', parameter);
  if (key.split('.').length - 1 > cmqLimits.keyDots.max) throw new CmqRefusal('tooManyDots');
}
