import { sniffType } from '../../src/media/sniff-type';

const box = (brand: string) =>
  Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from(`ftyp${brand}`)]);

test.each([
  ['image/jpeg', Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
  ['image/png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
  ['image/gif', Buffer.from('GIF89a')],
  ['image/webp', Buffer.from('RIFF....WEBPVP8 ')],
  ['image/heic', box('heic')],
  ['image/avif', box('avif')],
  ['audio/wav', Buffer.from('RIFF....WAVE')],
  ['audio/ogg', Buffer.from('OggS')],
  ['audio/amr', Buffer.from('#!AMR\n')],
  ['audio/mp4', box('M4A ')],
  ['video/mp4', box('isom')],
  ['video/3gpp', box('3gp4')],
  ['application/pdf', Buffer.from('%PDF-1.4')],
  [null, Buffer.from('<html>')],
  [null, Buffer.from('<?xml version="1.0"?><svg/>')],
  [null, Buffer.from('PK\x03\x04')],
  [null, Buffer.from('MZ')],
  [null, Buffer.from('RIFF....AVI ')],
  [null, Buffer.from('#!/bin/sh')],
  [null, Buffer.from([0xff, 0xd8])],
  [null, Buffer.alloc(0)],
])('%s', (type, bytes) => {
  expect(sniffType(bytes)).toBe(type);
});
