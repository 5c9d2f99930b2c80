/** What is known of a key that may be used now: an expired or revoked one is not found. */
export interface AccessKey {
  readonly secret: string;
  /** May its holder do that? `operation` as the native API names it; `name` of the queue or topic, empty where it is about none. */
  allows(operation: string, name: string): boolean;
}

/** Keys that were given to callers. */
export interface AccessKeys {
  find(id: string): Promise<AccessKey | undefined>;
}
