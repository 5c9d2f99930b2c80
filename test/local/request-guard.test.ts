import { describe, expect, it } from 'vitest';
import { checkSender } from '../../local/request-guard.ts';

const own = { host: '127.0.0.1', port: 8400 };
const refused = expect.objectContaining({ kind: 'hostNotAllowed' });

describe('checkSender', () => {
  it.each(['localhost:8400', 'LocalHost:8400', '127.0.0.1:8400', '[::1]:8400'])('lets %s in', (host) => {
    expect(() => checkSender(own, { host })).not.toThrow();
  });

  it.each([undefined, '', 'localhost', '127.0.0.1', 'localhost:8401', 'evil.example:8400', '127.0.0.1.evil.example:8400', 'localhost.:8400'])(
    'refuses the host %s', (host) => {
      expect(() => checkSender(own, { host })).toThrow(refused);
    });

  it.each(['cmq-queue-gz.api.qcloud.com', 'CMQ-topic-gz.api.tencentyun.com:80', 'cmq-gz.public.tencenttdmq.com', 'gz.mqadapter.cmq.tencentyun.com'])(
    'lets clients of CMQ in that were led here: %s', (host) => {
      expect(() => checkSender(own, { host })).not.toThrow();
      expect(() => checkSender(own, { host, origin: `http://${host}` })).toThrow(refused);
    });

  it.each(['cmq-queue-gz.api.qcloud.com.evil.example', 'evil.example/cmq-queue-gz.api.qcloud.com', 'api.qcloud.com', 'x.cmq-queue-gz.api.qcloud.com'])(
    'and nothing that only looks like it: %s', (host) => {
      expect(() => checkSender(own, { host })).toThrow(refused);
    });

  it('lets the address in that it was told to listen on', () => {
    expect(() => checkSender({ host: '127.0.0.5', port: 8400 }, { host: '127.0.0.5:8400' })).not.toThrow();
    expect(() => checkSender(own, { host: '127.0.0.5:8400' })).toThrow(refused);
  });

  it('lets the port be left out where it is the usual one of HTTP', () => {
    expect(() => checkSender({ host: '127.0.0.1', port: 80 }, { host: 'localhost' })).not.toThrow();
  });

  it.each(['http://localhost:8400', 'http://127.0.0.1:8400'])('lets pages of its own in: %s', (origin) => {
    expect(() => checkSender(own, { host: 'localhost:8400', origin })).not.toThrow();
  });

  it.each(['http://evil.example', 'https://localhost:8400', 'http://localhost:3000', 'null', ''])('refuses pages from %s', (origin) => {
    expect(() => checkSender(own, { host: 'localhost:8400', origin })).toThrow(refused);
  });

  it.each(['same-origin', 'none'])('lets in what a browser says to be %s', (site) => {
    expect(() => checkSender(own, { host: 'localhost:8400', 'sec-fetch-site': site })).not.toThrow();
  });

  it.each(['cross-site', 'same-site', '', 'cross-site, none'])('refuses images, links and frames of other pages, which have no origin: %s', (site) => {
    expect(() => checkSender(own, { host: 'localhost:8400', 'sec-fetch-site': site })).toThrow(refused);
  });

  it.each(['http://localhost:8400/', 'http://127.0.0.1:8400/console?queue=a#b', 'http://localhost:8400'])('lets in what a page of its own leads to: %s', (referer) => {
    expect(() => checkSender(own, { host: 'localhost:8400', referer })).not.toThrow();
  });

  it.each(['http://evil.example/', 'https://localhost:8400/', 'http://localhost:3000/', 'http://localhost:8400.evil.example/', 'http://localhost:8400@evil.example/', 'about:blank', ''])(
    'refuses what a page from elsewhere leads to: %s', (referer) => {
      expect(() => checkSender(own, { host: 'localhost:8400', referer })).toThrow(refused);
    });
});
