import days from './retention-classes.json' with { type: 'json' };

/**
 * Whole days after which the bucket removes an object, by class: the first part of a large
 * append's key says which (`segments/<days>d/…`). The list is JSON so that cdk/ can make a
 * lifecycle rule of each row without importing code of the core. Rows are stored data: add,
 * never change or remove one.
 */
export const retentionClassDays: readonly number[] = days;
