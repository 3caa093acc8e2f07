// Slack's own client believes the simulator. What Bolt does here, a real app does.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import bolt from '@slack/bolt';
import { startSimulator } from './simulator.mjs';

const channel = 'inc-orders-db';
let slack;
let app;

const button = (text, actionId, more = {}) =>
  ({ type: 'button', text: { type: 'plain_text', text }, action_id: actionId, value: 'plan-1', ...more });
const section = (text) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const confirm = {
  title: { type: 'plain_text', text: 'PRODUCTION orders-db' },
  text: { type: 'plain_text', text: 'End 50 sessions?' },
  confirm: { type: 'plain_text', text: 'End them' },
  deny: { type: 'plain_text', text: 'Cancel' },
  style: 'danger',
};
const modal = {
  type: 'modal',
  callback_id: 'reason',
  title: { type: 'plain_text', text: 'Why not?' },
  submit: { type: 'plain_text', text: 'Reject' },
  private_metadata: '2026-01-02T03:04:05Z',
  blocks: [{
    type: 'input',
    block_id: 'why',
    label: { type: 'plain_text', text: 'Reason' },
    element: { type: 'plain_text_input', action_id: 'text' },
  }],
};

before(async () => {
  slack = await startSimulator();
  app = new bolt.App({
    token: slack.botToken,
    appToken: slack.appToken,
    socketMode: true,
    clientOptions: { slackApiUrl: slack.apiUrl },
    logLevel: bolt.LogLevel.ERROR,
  });

  app.command('/runbook', async ({ command, ack, respond, client }) => {
    await ack();
    await respond(`heard: ${command.text}`);
    if (!command.text.startsWith('start')) return;
    const posted = await client.chat.postMessage({
      channel: command.channel_id,
      text: 'orders-db: 93 of 97 slots',
      blocks: [
        section(`orders-db: 93 of 97 slots, asked by <@${command.user_id}>`),
        { type: 'actions', elements: [button('End idle sessions', 'end-idle', { style: 'danger', confirm }), button('Reject', 'reject')] },
      ],
      metadata: { event_type: 'incident', event_payload: { id: 'i1' } },
    });
    await client.chat.postMessage({ channel: command.channel_id, thread_ts: posted.ts, text: 'evidence' });
  });
  app.action('end-idle', async ({ body, ack, client }) => {
    await ack();
    await client.chat.update({
      channel: body.channel.id,
      ts: body.message.ts,
      text: 'done',
      blocks: [section(`ended for <@${body.user.id}>, plan ${body.actions[0].value}`)],
    });
  });
  app.action('reject', async ({ body, ack, client }) => {
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: modal });
  });
  app.view('reason', async ({ ack, view, body, client }) => {
    const why = view.state.values.why.text.value;
    if (why.length < 5) return ack({ response_action: 'errors', errors: { why: 'Say more.' } });
    await ack();
    const dm = await client.conversations.open({ users: body.user.id });
    await client.chat.postMessage({ channel: dm.channel.id, text: `rejected: ${why} ${view.private_metadata}` });
    await client.chat.postEphemeral({ channel: 'C0ORDERSDB', user: body.user.id, text: `only you: ${why}` });
  });
  app.event('app_mention', async ({ event, say }) => { await say({ text: `mentioned by <@${event.user}>`, thread_ts: event.ts }); });
  await app.start();
});

after(async () => {
  await app?.stop();
  await slack?.stop();
});

test('a command is acknowledged, answered, and becomes a card with a thread', async () => {
  const answer = await slack.type('ana', channel, '/runbook start orders-db');
  assert.equal(answer.isAcknowledged, true);
  const heard = await slack.wait('ana', channel, 'heard: start orders-db');
  assert.equal(heard.isEphemeral, true);
  const reply = await slack.wait('boris', channel, 'evidence');
  const card = (await slack.sees('boris', channel)).find((message) => message.ts === reply.threadTs);
  assert.deepEqual(card.buttons.map((b) => b.label), ['End idle sessions', 'Reject']);
  assert.equal((await slack.text('boris', channel)).includes('heard:'), false, "an ephemeral answer is nobody else's");
  assert.match(await slack.text('boris', channel), /asked by @ana[\s\S]*\[End idle sessions\] \[Reject\]\n {4}@chatbot\n {6}evidence/);
});

test('a press goes through its dialog and the card is edited', async () => {
  const no = await slack.press('boris', channel, 'End idle sessions', false);
  assert.equal(no.kind, 3, 'cancelled in the dialog');
  const yes = await slack.press('boris', channel, 'End idle sessions');
  assert.equal(yes.isAcknowledged, true);
  assert.deepEqual([yes.dialog.title, yes.dialog.text, yes.dialog.confirm], ['PRODUCTION orders-db', 'End 50 sessions?', 'End them']);
  const card = await slack.wait('ana', channel, 'ended for <@U0BORIS001>, plan plan-1');
  assert.equal(card.isEdited, true);
  assert.deepEqual(card.buttons, []);
});

test('a modal opens, complains, and is submitted', async () => {
  await slack.type('ana', channel, '/runbook start orders-db');
  await slack.wait('boris', channel, '93 of 97');
  await slack.press('boris', channel, 'Reject');
  const view = await slack.waitForView('boris', 'Why not?'); // Bolt acknowledges first, then opens
  assert.deepEqual([view.title, view.submit, view.inputs[0].label], ['Why not?', 'Reject', 'Reason']);
  const short = await slack.submit('boris', { Reason: 'no' });
  assert.deepEqual(short.errors, { why: 'Say more.' });
  const sent = await slack.submit('boris', { Reason: 'too early' });
  assert.deepEqual(sent.errors, {});
  assert.equal(await slack.view('boris'), null);
  await slack.wait('boris', 'dm-boris', 'rejected: too early 2026-01-02T03:04:05Z');
  assert.equal((await slack.wait('boris', channel, 'only you: too early')).isEphemeral, true);
});

test('a file is uploaded in three steps and can be read in its thread', async () => {
  const card = await app.client.chat.postMessage({ channel: 'C0ORDERSDB', text: 'advice follows' });
  const text = `[databases]\norders-db = host=10.0.0.1 ; ${'ä'.repeat(700)}\n`;
  const sent = await app.client.files.uploadV2({
    channel_id: 'C0ORDERSDB', thread_ts: card.ts, filename: 'pgbouncer.ini', title: 'PgBouncer for orders-db',
    initial_comment: 'filled in from this incident', file: Buffer.from(text),
  });
  const seen = await slack.wait('ana', channel, 'filled in from this incident');
  assert.equal(seen.threadTs, card.ts);
  assert.deepEqual(seen.files.map(({ name, title, text: inside }) => [name, title, inside]), [['pgbouncer.ini', 'PgBouncer for orders-db', text]]);
  assert.match(await slack.text('ana', channel), /filled in from this incident\n +\[file pgbouncer.ini, 1.4 kB\]/);
  assert.match(sent.files[0].files[0].id, /^F\d+$/);
  const [, reply] = (await app.client.conversations.replies({ channel: 'C0ORDERSDB', ts: card.ts })).messages;
  assert.equal(reply.files[0].id, sent.files[0].files[0].id);
});

test('a file for a channel without the bot is refused, and nobody sees it', async () => {
  const refused = app.client.files.uploadV2({ channel_id: 'C0GENERAL1', filename: 'a.txt', content: 'a' });
  await assert.rejects(refused, (error) => error.data.error === 'not_in_channel');
  assert.deepEqual(await slack.sees('ana', 'general'), []);
});

test('a mention arrives as an event and is answered in its thread', async () => {
  await slack.type('carl', channel, '@chatbot are you there?');
  const answer = await slack.wait('carl', channel, 'mentioned by <@U0CARL0001>');
  assert.ok(answer.threadTs);
});

test('reading back: history with metadata, replies, users, groups, permalink', async () => {
  const { client } = app;
  const card = (await client.conversations.history({ channel: 'C0ORDERSDB', include_all_metadata: true, limit: 50 }))
    .messages.find((message) => message.metadata?.event_type === 'incident');
  assert.equal(card.metadata.event_payload.id, 'i1');
  const thread = (await client.conversations.replies({ channel: 'C0ORDERSDB', ts: card.ts })).messages;
  assert.equal(thread[0].ts, card.ts);
  assert.equal((await client.users.info({ user: 'U0GUEST001' })).user.is_restricted, true);
  assert.equal((await client.usergroups.users.list({ usergroup: 'S0DBONCALL' })).users.length, 3);
  assert.equal((await client.usergroups.list()).usergroups[0].handle, 'db-oncall');
  assert.match((await client.chat.getPermalink({ channel: 'C0ORDERSDB', message_ts: card.ts })).permalink, /\/archives\/C0ORDERSDB\/p\d+$/);
  assert.equal((await client.conversations.info({ channel: 'C0ORDERSDB' })).channel.name, channel);
});

test('what Slack refuses, Bolt sees refused with the place', async () => {
  const refused = app.client.chat.postMessage({ channel: 'C0ORDERSDB', text: 'x', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }] });
  await assert.rejects(refused, (error) => error.data.error === 'invalid_blocks'
    && error.data.response_metadata.messages.some((m) => m.includes('must be less than 151 characters [json-pointer:/blocks/0/text/text]')));
  await assert.rejects(app.client.chat.postMessage({ channel: 'C0GENERAL1', text: 'x' }), (error) => error.data.error === 'not_in_channel');
  await assert.rejects(app.client.apiCall('nonsense.method'), (error) => error.data.error === 'unknown_method');
});

test('a 429 with Retry-After delays a post and loses nothing', async () => {
  await slack.fault('ratelimited', { method: 'chat.postMessage', retryAfter: 1 });
  await app.client.chat.postMessage({ channel: 'C0ORDERSDB', text: 'after the limit' });
  await slack.wait('ana', channel, 'after the limit');
  const posts = (await slack.calls()).filter((call) => call.method === 'chat.postMessage');
  assert.deepEqual(posts.slice(-2).map((call) => call.status), [429, 200]);
});

for (const [name, cut] of [
  ['refresh_requested', () => slack.fault('disconnect', { reason: 'refresh_requested' })],
  ['warning', () => slack.fault('disconnect', { reason: 'warning' })],
  ['a reset connection', () => slack.fault('drop')],
]) {
  test(`Bolt comes back after ${name}`, async () => {
    await cut();
    await slack.waitForSockets(0);
    await slack.waitForSockets(1);
    const answer = await slack.type('ana', channel, `/runbook hello after ${name}`);
    assert.equal(answer.isAcknowledged, true);
    await slack.wait('ana', channel, `heard: hello after ${name}`);
  });
}

test('the same envelope twice reaches the app twice, and noise does not break it', { timeout: 30_000 }, async () => {
  await slack.fault('unknown-envelope');
  await slack.fault('deliver-next', { times: 2 });
  await slack.type('ana', channel, '/runbook twice');
  await slack.wait('ana', channel, 'heard: twice');
  const acks = async () => (await slack.deliveries()).at(-1).acks;
  while (await acks() < 2);
});

test('without the app, a person reads that it did not respond', async () => {
  await app.stop();
  await slack.waitForSockets(0);
  const answer = await slack.type('ana', channel, '/runbook start orders-db');
  assert.equal(answer.shown, '/runbook failed because the app did not respond.');
  await slack.wait('ana', channel, 'failed because the app did not respond');
});
