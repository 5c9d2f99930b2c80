import type { NameSearch } from '../../core/queue/search-names.ts';
import { cmqDefaults, type Range } from './limits.ts';
import type { Parameters } from './parameters.ts';
import { CmqRefusal } from './refusals.ts';

/**
 * Which part of a list is asked for. With an offset the limit must be given.
 * @throws CmqRefusal `missing`, `wrongType`, `outOfRange`
 */
export function listedPart(params: Parameters, ranges: { readonly offset: Range; readonly limit: Range }): Omit<NameSearch, 'registry'> {
  const offset = params.optionalWhole('offset', ranges.offset);
  const limit = params.optionalWhole('limit', ranges.limit);
  if (offset !== undefined && limit === undefined) throw new CmqRefusal('missing', 'limit');
  return { word: params.optionalText('searchWord') ?? '', offset: offset ?? 0, limit: limit ?? cmqDefaults.listLimit };
}
