import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { type HttpApi, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/**
 * The usual format, but that an HTTP API says the path by another name than a REST API. The path only: what stands
 * behind the `?` of a CMQ request is its signature, and its messages.
 */
const FORMAT = '$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] '
  + '"$context.httpMethod $context.path $context.protocol" $context.status $context.responseLength $context.requestId';

/** Where an API answers: at the root of its host, with an access log. */
export function addStage(scope: Construct, httpApi: HttpApi, retention = RetentionDays.ONE_MONTH): void {
  const accessLog = new LogGroup(scope, 'AccessLog', { retention, removalPolicy: RemovalPolicy.DESTROY });
  new HttpStage(scope, 'Stage', {
    httpApi,
    stageName: '$default',
    autoDeploy: true,
    accessLogSettings: { destination: new LogGroupLogDestination(accessLog), format: AccessLogFormat.custom(FORMAT) },
  });
}
