/**
 * The durations that the storage protocol stands on, each with its reason. They are properties of the
 * system, not settings: all clients of a table must agree on them.
 */
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY_MS = 24 * HOUR;

export const timing = {
  /** Bound on the difference of two clients' clocks; a held message is taken only this long after its due time. */
  clockSkewMs: 200,
  /** A group's record older than this is read again before anything is claimed or answered. */
  groupAgeMs: 1 * SECOND,
  /**
   * A subscription may know its topic's shards as of so long ago: reading them with each look would double
   * what an idle one costs. Senders leave new shards alone until every reader knows them.
   */
  topicAgeMs: 5 * SECOND,
  /** How late a change of an access key, or its end, may be known. */
  accessKeyAgeMs: 10 * SECOND,
  /** Beyond `definitionAgeMs`: for a publication that began by a definition as old as that. */
  pushKnownMarginMs: 5 * SECOND,
  /** A sender may use a definition this old: a seal outlives that by its shard's whole history. */
  definitionAgeMs: 60 * SECOND,
  /** A purge or rewind takes effect this much later: longer than `groupAgeMs` and the lag of an eventual read together. */
  effectiveDelayMs: 3 * SECOND,
  /**
   * Whoever reads a subscription's record knows the filters of what is published up to so long after. A change is in
   * force `effectiveDelayMs` after it was thought out; a second of that is for the lag of an eventual read, and two
   * differences of clocks: the publisher's from the reader's, and the reader's from that of whoever made the change.
   */
  filterKnownMs: 1600,
  /** A tail seen longer ago is not trusted, or the age of the shard would be judged by it. */
  tailHintMs: 10 * MINUTE,
  /** A chain's end seen longer ago is read again: leases vanish a day after their messages expired. */
  chainEndHintMs: 10 * MINUTE,
  /** How long another's lease marks a chain as shared. */
  sharedChainMs: 10 * MINUTE,
  /** On a shard that others append to as well, a tail older than this is read before it is used. */
  sharedTailHintMs: 10,
  /** How long a refusal marks a shard as shared. */
  sharedForMs: 10 * SECOND,
  /** A shard silent for longer is sealed and replaced: its offsets must not begin again once TTL has emptied it. */
  shardSilenceMs: 12 * HOUR,
  /** An unused shard beyond the first is retired, and a sender without refusals goes back to fewer shards. */
  shardIdleMs: 10 * SECOND,
  /** What TTL waits beyond the expiry of the newest message: outlives any client frozen between two calls. */
  removalMarginMs: DAY_MS,
  /**
   * A segment stays in the table at most so long, whatever its history: seven days that an archiver may
   * be away (once a day somebody looks at alarms, also over holidays), and the day after which it begins.
   */
  hotLifeMs: 8 * DAY_MS,
  /** The archiver takes what is older: the hour of a file is over by then, in every sender's clock … */
  archiveAfterMs: DAY_MS,
  /** … it is behind when something waits for so long after that, which raises an alarm … */
  archiveLagMs: DAY_MS,
  /** … and in trouble when something is this old: then what it leaves gets its life in the table extended … */
  archiveTroubleMs: 4 * DAY_MS,
  /** … of a large append at most by so much: its object cannot be extended, and its class is chosen at the send. */
  extensionMaxMs: 22 * DAY_MS,
  /** How far the archive of a shard goes is looked up again after this: what is archived since then is in the table for far longer. */
  noArchiveMs: HOUR,
  /** What cannot be read is tried again after this: nobody waits for it, and each try is a read and a report. */
  unreadableMs: 5 * MINUTE,
  /** The cursor looks at a lease once, at this age or at its visibility timeout, whichever is less. */
  sweepAgeMs: 60 * SECOND,
  sweepEveryMs: 1500,
  /** `low` is stored at most this often. */
  lowEveryMs: 5 * SECOND,
  /** Alarms due this soon are fetched too, so that a waiting consumer wakes up at the right time. */
  alarmLookaheadMs: 1 * SECOND,
  /** An alarm that led to nothing is not looked at again by the same process for so long. */
  alarmQuietMs: 2 * SECOND,
  /** An alarm without a lease or a segment is kept this long: whoever set it may be frozen before its second write … */
  orphanAlarmMs: 20 * MINUTE,
  /** … and looked at again at least about this often. */
  orphanPauseMs: 1 * MINUTE,
  /** A sender slower than this between alarm and segment sets the alarm again. */
  slowSenderMs: 10 * MINUTE,
  /** How long a mover holds a message on its way to the dead-letter queue … */
  moverHoldMs: 30 * SECOND,
  /** … and what must be left of it to begin the append. */
  moverMarginMs: 5 * SECOND,
  /** A chain beside the main one that had nothing is looked at again after this, or when an alarm of it is due. */
  sidePauseMs: 1 * SECOND,
  /** The alarms that a chain put aside when its bound was lower are gone through once by each process, and again after this. */
  parkedLookMs: 5 * MINUTE,
  /** A side chain that only has alarms left looks about so often whether what they are for was deleted. */
  finishLookMs: 10 * SECOND,
  /** A side chain that has nothing left is remembered this long: longer than anybody holds a message without renewing. */
  finishedSideMs: DAY_MS,
  pollMinMs: 50,
  pollMaxMs: 1 * SECOND,
  /** Among many consumers, of whom each sees that the others come in time. */
  pollAmongManyMaxMs: 10 * SECOND,
  /** Names are looked up again after this; a queue that is gone is noticed at once by its seal or its group. */
  nameAgeMs: 60 * SECOND,
  /** A reference to a dead-letter queue younger than this may belong to a creation still under way. */
  referenceGraceMs: 60 * SECOND,
  /** How long a repeat under the same idempotency key is recognised. */
  idempotencyMs: DAY_MS,
  /** A noted place is tried again only for so long: longer than any client is frozen, far shorter than TTL needs to empty a shard. */
  notedPlaceMs: 1 * HOUR,
  /**
   * After a look for messages past their age, while there are any that may come to be so: a tenth of the age, within
   * these. Looks cost about the same whatever they find.
   */
  agePauseMinMs: 10 * SECOND,
  agePauseMaxMs: 60 * SECOND,
  /** Somebody looks at least so often. */
  ageLookMaxMs: DAY_MS,
  /** Who runs a job renews its claim well within this. */
  jobRunnerMs: 30 * SECOND,
  /** … about so often while it has nothing else to store. */
  jobProgressMs: 10 * SECOND,
  /** With a pace, what falls due within this goes together: a copy comes by so much too late, never too early. */
  replayTickMs: 1 * SECOND,
  /** A runner sleeps at most so long until the next copy; for what is due later it is not kept waiting. */
  replaySleepMs: 2 * MINUTE,
  /** A replay that nobody runs is set going so long before its next copy is due: whoever looks after jobs comes once a minute. */
  replayAheadMs: 90 * SECOND,
  /** What a target may take for an answer … */
  pushTimeoutMs: 15 * SECOND,
  /** … and what must be left of a hold beyond that to begin: the answer is still to be stored. */
  pushMarginMs: 5 * SECOND,
  /** How long a runner of pushes holds what it has received: it waits for a place behind three that get no answer. Renewed where that is too short. */
  pushHoldMs: 60 * SECOND,
  /** What was accepted is settled after this at the latest, with what was accepted meanwhile: a write for each would cost more than the push. */
  pushSettleMs: 200,
  /**
   * A runner that only waits for a retry looks this often, so that what is published meanwhile goes at once, and
   * waits at most so long: of a Lambda function of 512 MiB, 20 s cost about 0.0002 dollars. What is due later is
   * left to a schedule, which costs a hundredth of that and may come up to a minute late.
   */
  pushPollMaxMs: 500,
  pushWaitMs: 20 * SECOND,
  /** What is on its way gets so long when the runner is told to stop. */
  pushGraceMs: 2 * SECOND,
  /** For what is due later still, somebody looks in between. */
  pushDueMaxMs: 30 * DAY_MS,
} as const;

/** Bounds of loops and pages. Each is met only when something is wrong or very busy. */
export const bounds = {
  appendTries: 200,
  unknownOutcomeTries: 3,
  slowReads: 5,
  claimTries: 4,
  conditionalTries: 8,
  shardsMax: 64,
  shardsPerPoll: 8,
  alarmsPerPoll: 10,
  quietAlarmsPerPoll: 100,
  /** Read on behind alarms that are all quiet. */
  alarmPages: 10,
  sweepLeases: 100,
  sweepPages: 5,
  segmentsPerRead: 1000,
  /** Of that many segments each, when a topic's shard of delayed messages is closed. */
  lastDuePages: 10,
  retiredShardsPerRead: 1000,
  countPages: 5,
  /** Parts that a preview looks into, of a stretch of the log … */
  previewParts: 32,
  /** … or of named messages, each a run of its own. */
  previewRuns: 128,
  /** How far it looks into each; further, where there are fewer of them. */
  previewSegments: 100,
  previewMessages: 1000,
  previewBytes: 256 * 1024,
  previewSample: 10,
  /** Places that a count of what is a subscription's own looks into. */
  ownLooks: 8,
  /** Retired shards that a count of what can be rewound looks into. */
  countedShards: 100,
  /** Of one subscription, each in force for a part of the history. */
  filterVersions: 20,
  deadLetterChain: 100,
  parkedAlarms: 1000,
  /** Alarms looked at at once when a side chain has nothing else left. */
  finishAlarms: 100,
  /** Side chains at once: each costs polls a little until it is finished. */
  sidesMax: 10,
  /** Of what rewinds have left, kept beyond `finishedSideMs`: each makes the group's record, which every poll reads, longer. */
  finishedLeftovers: 10,
  /** Segments that a replay reads ahead, over all shards of its window. */
  replayReadAhead: 200,
  /** Bodies, attributes and tags in one batch of a replay; a single message may have more. */
  replayBatchBytes: 1024 * 1024,
  /** Messages that a runner of pushes holds at once, and the bytes of those that wait for their place. */
  pushHeld: 1000,
  pushWaitingBytes: 4 * 1024 * 1024,
  /** Purged chains whose receipt handles are still told from others. */
  purgedChains: 10,
  cachedSegmentBytes: 32 * 1024 * 1024,
  archiveObjectBytes: 8 * 1024 * 1024,
  archiveObjectMessages: 200_000,
  /** Of messages that pack well a file has many: what is known of each stays in memory until it is finished. */
  archiveObjectRowGroups: 256,
  archivePage: 50,
  /** Segments of a shard that the archiver goes on without, because they cannot be read. */
  archiveLeftOut: 1000,
  cachedRowGroupBytes: 16 * 1024 * 1024,
  cachedFooterBytes: 8 * 1024 * 1024,
  cachedNames: 1000,
  cachedSignatures: 100_000,
  cachedAccessKeys: 10_000,
  /** Larger holds are kept as a range while they are whole; a set of up to this many fits a one-unit write. */
  setPositions: 64,
} as const;

/** Double the shards while more than this part of the puts are refused, judged over so many puts. */
export const growth = { refusedPart: 0.2, puts: 10 } as const;
