/**
 * Requests as each client writes them, byte for byte, to `cmq-queue-gz.api.tencentyun.com` and signed with `testsecret`
 * at 1700000000 s. Made once by a program that shares nothing with the server.
 */
export interface GoldenRequest {
  readonly client: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly form: string;
}

export const goldenRequests: readonly GoldenRequest[] = [
  {
    client: 'Python 3, POST', method: 'POST', path: '/v2/index.php', headers: { 'Connection': 'Keep-Alive', 'Accept-Encoding': 'identity' },
    form: 'SecretId=AKIDtest&Timestamp=1700000000&Action=BatchSendMessage&Nonce=9223372036854775807&RequestClient=SDK_Python_1.3&SignatureMethod=HmacSHA1&queueName=q&delaySeconds=0&msgBody.1=%40home&msgBody.2=a+b%26%3D%2B%25+%E4%B8%AD%E6%96%87+~%21%2A%27%28%29%2F&Signature=%2FOAK6A92J5dNJeeJipjreD9O31A%3D',
  },
  {
    client: 'Python 3, POST with the port in its endpoint', method: 'POST', path: '/v2/index.php', headers: { 'Connection': 'Keep-Alive' },
    form: 'SecretId=AKIDtest&Timestamp=1700000000&Action=SendMessage&Nonce=1&RequestClient=SDK_Python_1.3&SignatureMethod=HmacSHA256&queueName=q&delaySeconds=0&msgBody=a+b%26%3D%2B%25+%E4%B8%AD%E6%96%87+~%21%2A%27%28%29%2F&Signature=RmYEzr3apHCNvj91zsk6K%2FtSvjjTQDmv%2FQE%2BQTxK2w0%3D',
  },
  {
    client: 'Python 3, GET', method: 'GET', path: '/v2/index.php', headers: { 'Connection': 'Keep-Alive' },
    form: 'SecretId=AKIDtest&Timestamp=1700000000&Action=SendMessage&Nonce=2&RequestClient=SDK_Python_1.3&SignatureMethod=HmacSHA1&queueName=q&delaySeconds=0&msgBody=%40home&Signature=8bZvj9UR1JgeBGpFLP8Wo6ElMHE%3D',
  },
  {
    client: 'Python 3, publishing without a routing key', method: 'POST', path: '/v2/index.php', headers: { 'Connection': 'Keep-Alive' },
    form: 'SecretId=AKIDtest&Timestamp=1700000000&Action=PublishMessage&Nonce=3&RequestClient=SDK_Python_1.3&SignatureMethod=HmacSHA1&topicName=t&msgBody=a+b%26%3D%2B%25+%E4%B8%AD%E6%96%87+~%21%2A%27%28%29%2F&routingKey=&msgTag.1=paid&Signature=d9N%2BoGB2gxPGJzfQo1zdrFXy6NY%3D',
  },
  {
    client: 'Python 3, receiving without a wait', method: 'POST', path: '/v2/index.php', headers: {},
    form: 'SecretId=AKIDtest&Timestamp=1700000000&Action=ReceiveMessage&Nonce=4&RequestClient=SDK_Python_1.3&SignatureMethod=HmacSHA1&queueName=full&UserpollingWaitSeconds=30&Signature=JV%2FVy9Hb9FtTXruWL93hZfjrb6U%3D',
  },
  {
    client: 'Java 1.1.1', method: 'POST', path: '/', headers: { 'Content-Type': '*/*;charset=utf-8', 'User-Agent': 'okhttp/3.14.9', 'Accept-Encoding': 'gzip', 'Connection': 'Keep-Alive' },
    form: 'SecretId=AKIDtest&Timestamp=1700000000&Action=BatchSendMessage&Nonce=2147483646&RequestClient=SDK_JAVA_1.3&SignatureMethod=HmacSHA1&Token=&queueName=q&msgBody.1=%40home&msgBody.2=a+b%26%3D%2B%25+%E4%B8%AD%E6%96%87+~%21%2A%27%28%29%2F&Signature=Gw7M9AgEIuyKPtoxMuObN4PrZhw%3D',
  },
  {
    client: 'Java 1.1.1, creating a queue', method: 'POST', path: '/', headers: { 'Content-Type': '*/*;charset=utf-8', 'User-Agent': 'okhttp/3.14.9', 'Accept-Encoding': 'gzip', 'Connection': 'Keep-Alive' },
    form: 'SecretId=AKIDtest&Timestamp=1700000000&Action=CreateQueue&Nonce=5&RequestClient=SDK_JAVA_1.3&SignatureMethod=HmacSHA256&queueName=made-by-java&maxMsgSize=1048576&visibilityTimeout=30&msgRetentionSeconds=345600&Signature=rjxLDT%2F52%2FNKVWbrFd9uRkjOApV%2B57Yvb%2BoPj4yPgPI%3D',
  },
  {
    client: 'Java 1.1.1, clearing filter tags', method: 'POST', path: '/', headers: { 'Content-Type': '*/*;charset=utf-8', 'User-Agent': 'okhttp/3.14.9', 'Accept-Encoding': 'gzip', 'Connection': 'Keep-Alive' },
    form: 'SecretId=AKIDtest&Timestamp=1700000000&Action=ClearSUbscriptionFIlterTags&Nonce=6&RequestClient=SDK_JAVA_1.3&SignatureMethod=HmacSHA1&topicName=t&subscriptionName=s&Signature=U7Qrvi6fnmSMg%2BGJk9ENqyT6mDk%3D',
  },
  {
    client: 'Java 1.0.7, GET', method: 'GET', path: '/v2/index.php', headers: { 'Content-Type': '*/*;charset=utf-8', 'User-Agent': 'okhttp/3.14.9', 'Accept-Encoding': 'gzip', 'Connection': 'Keep-Alive' },
    form: 'SecretId=AKIDtest&Timestamp=1700000000&Action=GetQueueAttributes&Nonce=7&RequestClient=SDK_JAVA_1.3&SignatureMethod=HmacSHA1&queueName=q&Signature=2eMLMvoC9BkIxNObZOTfr1Eh%2BdQ%3D',
  },
  {
    client: 'Go, POST', method: 'POST', path: '/', headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'User-Agent': 'Go-http-client/1.1', 'Accept-Encoding': 'gzip' },
    form: 'SecretId=AKIDtest&Timestamp=1700000000&Action=BatchSendMessage&Nonce=4294967295&RequestClient=SDK_GO_1.2.0&SignatureMethod=HmacSHA1&Token=&clientRequestId=4294967295&queueName=q&delaySeconds=0&msgBody.0=m0&msgBody.1=m1&msgBody.2=m2&msgBody.3=m3&msgBody.4=m4&msgBody.5=m5&msgBody.6=m6&msgBody.7=m7&msgBody.8=m8&msgBody.9=m9&msgBody.10=m10&msgBody.11=m11&Signature=HzRKrReHCpvaoFyvJmxHpqar%2BEo%3D',
  },
  {
    client: 'Go, GET', method: 'GET', path: '/', headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'User-Agent': 'Go-http-client/1.1', 'Accept-Encoding': 'gzip' },
    form: 'SecretId=AKIDtest&Timestamp=1700000000&Action=ReceiveMessage&Nonce=8&RequestClient=SDK_GO_1.2.0&SignatureMethod=HmacSHA256&clientRequestId=9&queueName=full&pollingWaitSeconds=0&Signature=meP3QSOA3DZa845hadwcctJatb92H6APaZ6jo6PuCcA%3D',
  },
  {
    client: 'PHP', method: 'POST', path: '/v2/index.php', headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    form: 'SecretId=AKIDtest&Timestamp=1700000000&Action=BatchSendMessage&Nonce=65535&RequestClient=SDK_PHP_1.3&SignatureMethod=HmacSHA256&queueName=q&delaySeconds=0&msgBody.1=%40home&msgBody.2=a+b%26%3D%2B%25+%E4%B8%AD%E6%96%87+~%21%2A%27%28%29%2F&Signature=u8BikdI5oTCkwehl852ezW3AAs9znJ2%2FZl%2F60LljPFY%3D',
  },
  {
    client: 'C++', method: 'POST', path: '/v2/index.php', headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Accept-Encoding': 'UTF-8' },
    form: 'SecretId=AKIDtest&Timestamp=1700000000&Action=SendMessage&Nonce=10&RequestClient=SDK_CPP_1.3&SignatureMethod=HmacSHA256&queueName=q&delaySeconds=0&msgBody=a%20b%26%3D%2B%25%20%E4%B8%AD%E6%96%87%20~!*\'()/&Signature=bzMlxIwK%2ByCwfT9DjV%2B2aTk11MZdz1zCeuhGRFV%2B0sI%3D',
  },
  {
    client: 'the TCP client, asking its way', method: 'GET', path: '/v2/index.php', headers: {},
    form: 'SecretId=AKIDtest&Timestamp=1700000000&Action=QueryQueueRoute&Nonce=11&SignatureMethod=sha1&queueName=q&Signature=06vY30RMZ%2FM%2BHu377bj0RLneZYI%3D',
  },
  {
    client: 'the TCP client, managing', method: 'POST', path: '/v2/index.php', headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    form: 'SecretId=AKIDtest&Timestamp=1700000000&Action=ListQueue&Nonce=12&SignatureMethod=sha256&Signature=sn5UhQPLtgAojMqWGekRktr6CrozqMMtzWsvXL8B3BE%3D',
  },
  {
    client: 'another PHP client', method: 'POST', path: '/v2/index.php', headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    form: 'SecretId=AKIDtest&Timestamp=1700000000&Action=SendMessage&Nonce=13&SignatureMethod=HmacSHA256&queueName=q&msgBody=%40home&Signature=2emfeT1dt6lm6FEvS18D1cA6srePGYjMYoXgsqOqruE%3D',
  },
];
