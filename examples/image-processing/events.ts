/** What the programs of this example tell of themselves, one JSON object a line, for people and programs. */
export type WorkerEvent =
  | { readonly event: 'ready'; readonly worker: string }
  | { readonly event: 'took'; readonly worker: string; readonly pictureKey: string; readonly receiveCount: number }
  | { readonly event: 'stored'; readonly worker: string; readonly pictureKey: string; readonly resultKey: string }
  | { readonly event: 'finished'; readonly worker: string; readonly pictureKey: string; readonly receiveCount: number }
  | { readonly event: 'failed'; readonly worker: string; readonly messageId: string; readonly problem: string };

export interface ServerEvent {
  readonly event: 'listening';
  readonly url: string;
}

export function tell(event: WorkerEvent | ServerEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
