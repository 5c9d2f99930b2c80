/** Sorts of operations that a key is scoped to, in the order in which they are told. */
export const operationGroups = {
  send: 'send to queues, publish to topics',
  consume: 'receive, delete, change visibility, peek, find',
  read: 'describe and list',
  rewind: 'preview, purge, rewind, undo, replay, redrive',
  manage: 'create, change and delete queues, topics and subscriptions',
} as const satisfies Record<string, string>;

export type OperationGroup = keyof typeof operationGroups;

/** `administer`: no key that is issued may do it; `open`: it takes no key. */
type Sort = OperationGroup | 'administer' | 'open';

/**
 * Every operation, by the name that the native API gives it, and its sort. Other dialects say which of these
 * their actions are. What is done with a subscription is the operation that it is with a queue.
 */
export const operations = {
  sendMessages: 'send',
  publishMessages: 'send',
  receiveMessages: 'consume',
  deleteMessages: 'consume',
  changeVisibility: 'consume',
  peekMessages: 'consume',
  findMessage: 'consume',
  describeQueue: 'read',
  listQueues: 'read',
  describeTopic: 'read',
  listTopics: 'read',
  describeSubscription: 'read',
  listSubscriptions: 'read',
  listRewinds: 'read',
  listReplays: 'read',
  readReplay: 'read',
  listRedrives: 'read',
  readRedrive: 'read',
  describeApi: 'read',
  previewRewind: 'rewind',
  purgeQueue: 'rewind',
  rewindQueue: 'rewind',
  undoRewind: 'rewind',
  startReplay: 'rewind',
  cancelReplay: 'rewind',
  startRedrive: 'rewind',
  createQueue: 'manage',
  changeQueue: 'manage',
  deleteQueue: 'manage',
  createTopic: 'manage',
  changeTopic: 'manage',
  deleteTopic: 'manage',
  createSubscription: 'manage',
  changeSubscription: 'manage',
  deleteSubscription: 'manage',
  createAccessKey: 'administer',
  listAccessKeys: 'administer',
  describeAccessKey: 'administer',
  changeAccessKey: 'administer',
  revokeAccessKey: 'administer',
  runArchiver: 'administer',
  checkHealth: 'open',
} as const satisfies Record<string, Sort>;

export type Operation = keyof typeof operations;

export const isOperation = (name: string): name is Operation => Object.hasOwn(operations, name);

export const isOperationGroup = (name: string): name is OperationGroup => Object.hasOwn(operationGroups, name);
