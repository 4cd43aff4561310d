import { el, icon } from './dom.mjs';
import { createMessengerPhone } from './messenger-phone.mjs';
import { loadPeople, OWNER, withNewCustomer } from './people.mjs';
import { getInfo, listen, post } from './server.mjs';
import { createSmsPhone } from './sms-phone.mjs';
import { createTabs } from './tabs.mjs';

const byId = (id) => document.getElementById(id);
const phoneOf = (seat) => byId(seat).querySelector('.phone');

/** The shop's name and numbers; a shop that is just starting is asked again. */
async function askInfo() {
  for (;;) {
    const info = await getInfo().catch(() => null);
    if (info?.shop) return info;
    byId('trouble').hidden = false;
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

const info = await askInfo();
byId('trouble').hidden = true;
let people = loadPeople();
let stopListening = () => {};

/** The shop gives its pictures its public address, which this browser may not reach. */
const localUrl = (url) =>
  url?.startsWith(`${info.public_url}/`) ? url.slice(info.public_url.length) : url;

const customer = createMessengerPhone({
  root: phoneOf('customer'),
  shop: info.shop,
  localUrl,
  greeting: 'Online shop. Browse, order and pay, all in this chat.',
  getStarted: true,
  attachments: [
    {
      label: 'Photo of a receipt',
      symbol: 'picture',
      action: { kind: 'image', url: `${info.public_url}/playground/receipt.png` },
    },
    {
      label: 'My location',
      symbol: 'pin',
      action: {
        kind: 'location',
        latitude: 14.5547,
        longitude: 121.0244,
        title: 'Ayala Avenue, Makati',
      },
    },
  ],
});
const admin = createMessengerPhone({
  root: phoneOf('admin'),
  shop: info.shop,
  localUrl,
  greeting: 'The same shop, on the phone of somebody who runs it.',
  suggestions: ({ isStaff }) => (isStaff ? ['/orders', '/stock SKU-1001', '/help'] : []),
  footer: ({ isStaff }) => (isStaff ? null : linkCard),
});
const owner = createSmsPhone({
  root: phoneOf('owner'),
  shopPhone: info.shop_phone,
  ownerPhone: info.owner_phone,
});
const tabs = createTabs();

const linkButton = el('button', { type: 'button', class: 'big-button' }, 'Link this phone');
const linkCard = el(
  'div',
  { class: 'link-card' },
  icon('shield'),
  el(
    'p',
    {},
    'To the shop this is a stranger still. Staff link their chat with a one-time code: get one and send it.',
  ),
  linkButton,
);
linkButton.addEventListener('click', async () => {
  linkButton.disabled = true;
  const status = await post('link-admin', { person: people.admin });
  linkButton.textContent = status === 200 ? 'Link this phone' : 'That did not work. Try again';
  setTimeout(() => (linkButton.disabled = false), 3000);
});

byId('new-customer').addEventListener('click', () => {
  people = withNewCustomer(people);
  start();
  tabs.open('customer');
});

function start() {
  stopListening();
  customer.setPerson(people.customer);
  admin.setPerson(people.admin);
  const seatOf = { [people.customer]: 'customer', [people.admin]: 'admin', [OWNER]: 'owner' };
  stopListening = listen([people.customer, people.admin, OWNER], {
    onMessages: (items) => {
      for (const phone of [customer, admin, owner]) phone.apply(items);
      tabs.count(items, (item) => seatOf[item.person]);
    },
    onStaff: (staff) => {
      customer.setStaff(staff);
      admin.setStaff(staff);
    },
    onState: (isConnected) => (byId('trouble').hidden = isConnected),
  });
}

start();
