import type { RequestHandler } from 'express';
import type { Accounts } from '../channels/accounts';
import { escapeHtml } from '../channels/email/html';
import type { Database } from '../db/database';
import { newestMails, type PlaygroundMail } from './mail-store';

/** `/playground/mail`: what was sent by e-mail while there is no mail server, newest first. */
export function mailbox({ db, accounts }: { db: Database; accounts: Accounts }): RequestHandler {
  const account = accounts.all.find((one) => one.isPlayground && one.channel === 'email');
  return async (_request, response) => {
    const mails = account ? await newestMails(db, account.accountId) : [];
    response.type('html').send(page(mails));
  };
}

const page = (mails: readonly PlaygroundMail[]): string =>
  [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Mailbox</title>',
    '<link rel="stylesheet" href="/playground/page.css"></head><body><main>',
    '<h1>Mailbox</h1><p>What would have been sent by e-mail. <a href="/playground">To the phones</a></p>',
    ...(mails.length === 0 ? ['<p>No mail yet.</p>'] : mails.map(article)),
    '</main></body></html>',
  ].join('\n');

const article = ({ to, subject, text, at }: PlaygroundMail): string =>
  [
    `<article><h2>${escapeHtml(subject)}</h2>`,
    `<p>To ${escapeHtml(to)}, <time>${at.toISOString()}</time></p>`,
    ...text.split('\n').map((line) => `<p>${escapeHtml(line)}</p>`),
    '</article>',
  ].join('\n');
