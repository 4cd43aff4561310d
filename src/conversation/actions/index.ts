/** Importing this file makes every action known to the flows. */
import './cart';
import './catalog';
import './checkout';
import './orders';
import './shop';

export { outcomesOfAction } from './action';
