import { label, say } from '../turn';
import { EVERYBODY, type AdminCommand } from './command';

/** `/help` */
export const help: AdminCommand = {
  name: 'help',
  roles: EVERYBODY,
  run: (turn) => {
    const choices = [
      { title: label(turn, 'admin_help', 'orders'), value: '/orders' },
      { title: label(turn, 'admin_help', 'last'), value: '/order last' },
    ];
    say(turn, 'admin_help', {}, { choices });
    return Promise.resolve();
  },
};
