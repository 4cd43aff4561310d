/** The browser is the machine's own (README, "WhatsApp by whatsapp-web.js"): no install downloads one. */
module.exports = { skipDownload: true };
