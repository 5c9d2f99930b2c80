import type { ArchiveManifest } from '../../lib/core/ports/archive-table.ts';
import type { ObjectStore } from '../../lib/core/ports/object-store.ts';
import { type ArchiveExtent, FOOTER_TAIL_BYTES } from '../../lib/core/ports/segment-archive.ts';
import { parquetArchive } from '../../lib/storage/archive/parquet-archive.ts';
import { Violation } from './violation.ts';

/** Reads along what is archived: whoever leaves the table must be there, and nobody twice. */
export class ArchiveBook {
  readonly #manifests = new Map<string, ArchiveManifest[]>();
  readonly #objects: ObjectStore;
  readonly #keys = new Set<string>();
  readonly #fail: (violation: Violation) => void;

  constructor(objects: ObjectStore, fail: (violation: Violation) => void) {
    this.#objects = objects;
    this.#fail = fail;
  }

  /** A manifest comes after its object, which has what it says. */
  async observe(manifest: ArchiveManifest): Promise<void> {
    const { shard, first, end, objectKey } = manifest;
    const known = this.#manifests.get(shard) ?? [];
    this.#manifests.set(shard, [...known, manifest]);
    const extent = await this.#extentOf(objectKey);
    if (extent?.first !== first || extent.end !== end) this.#fail(new Violation(9, `the manifest [${first}, ${end}) of ${shard} names an object without it`, [shard]));
  }

  has(shard: string, offset: number): boolean {
    return (this.#manifests.get(shard) ?? []).some(({ first, end }) => first <= offset && offset < end);
  }

  /** An object of the archive, with or without a manifest: a query by path sees them all. */
  async put(objectKey: string): Promise<void> {
    if (!objectKey.startsWith('archive/') || this.#keys.has(objectKey)) return;
    const extent = await this.#extentOf(objectKey);
    if (!extent) return;
    for (const other of this.#keys) {
      const known = await this.#extentOf(other);
      if (known?.shard !== extent.shard || known.end <= extent.first || extent.end <= known.first) continue;
      this.#fail(new Violation(9, `rows [${extent.first}, ${extent.end}) of ${extent.shard} are in ${other} and ${objectKey}`, [extent.shard]));
    }
    this.#keys.add(objectKey);
  }

  async #extentOf(objectKey: string): Promise<ArchiveExtent | undefined> {
    const file = await this.#objects.getObject(objectKey);
    if (!file) return undefined;
    const archive = parquetArchive({ compression: 'GZIP' });
    const footerBytes = archive.footerBytes(file.subarray(-FOOTER_TAIL_BYTES));
    return archive.openFile(file.subarray(-footerBytes)).extent;
  }
}
