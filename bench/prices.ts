/**
 * AWS list prices in US dollars, region us-east-1, without free tier, discounts and tax.
 * As far as known on 2026-11-20, not compared with the price pages named below on that day; whoever does so
 * changes date and figures together, and this sentence.
 */
export const pricesAsOf = '2026-11-20';

const MILLION = 1_000_000;
const THOUSAND = 1_000;

export const prices = {
  /** https://aws.amazon.com/dynamodb/pricing/on-demand/ (since November 2024), table class Standard. */
  writeUnit: 0.625 / MILLION,
  readUnit: 0.125 / MILLION,
  /** https://aws.amazon.com/s3/pricing/, S3 Standard. */
  objectPut: 0.005 / THOUSAND,
  objectGet: 0.0004 / THOUSAND,
  /** https://aws.amazon.com/lambda/pricing/, arm64, first tier. */
  lambdaRequest: 0.2 / MILLION,
  lambdaGigabyteSecond: 0.000_013_333_4,
  /** https://aws.amazon.com/api-gateway/pricing/, HTTP API, first tier; counted in steps of 512 KB. */
  httpApiRequest: 1.0 / MILLION,
  /** https://aws.amazon.com/sqs/pricing/, standard queue, first tier; counted in steps of 64 KB. For comparison. */
  sqsRequest: 0.4 / MILLION,
} as const;

/** What `usdPerMillionMessages` contains, and what it does not. */
export const pricesIncluded = 'DynamoDB requests on demand and S3 requests; not the HTTP API, Lambda, storage and traffic';

export interface Billed {
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly s3Puts: number;
  readonly s3Gets: number;
}

export const usd = ({ writeUnits, readUnits, s3Puts, s3Gets }: Billed): number =>
  writeUnits * prices.writeUnit + readUnits * prices.readUnit + s3Puts * prices.objectPut + s3Gets * prices.objectGet;
