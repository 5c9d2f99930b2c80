import type { Deps } from '../deps.ts';
import { ObjectUnreadable } from '../errors.ts';
import type { MessageContent } from '../message.ts';
import type { Segment } from '../ports/log-table.ts';

/** A segment of the table, unpacked: from the item, or from the object that it points to. */
export interface Unpacked {
  readonly contents: readonly MessageContent[];
  readonly packedBytes: number;
}

/** @throws ObjectUnreadable */
export async function unpackedSegment(deps: Deps, { body, base }: Segment): Promise<Unpacked> {
  if (body.kind === 'inline') return { contents: deps.codec.unpack(body.packed), packedBytes: body.packed.byteLength };
  if (body.kind !== 'object') throw new Error(`segment ${base} is no segment of messages of the table: ${body.kind}`);
  const packed = await deps.objects.getObject(body.objectKey);
  if (!packed) throw new ObjectUnreadable(body.objectKey, 'it is missing');
  return { contents: unpackedObject(deps, body.objectKey, packed), packedBytes: packed.byteLength };
}

function unpackedObject(deps: Deps, objectKey: string, packed: Uint8Array): readonly MessageContent[] {
  try {
    return deps.codec.unpack(packed);
  } catch (cause) {
    throw new ObjectUnreadable(objectKey, 'it is damaged', { cause });
  }
}
