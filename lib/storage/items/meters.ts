/** Told of what each request to a table cost, in DynamoDB's units. */
export interface TableMeter {
  read(units: number): void;
  write(units: number): void;
}

/** Told of each request to an object store that is paid for. */
export interface ObjectMeter {
  objectPut(): void;
  objectGet(): void;
}
