/** English. What is told of interruptions and of the final bill has the words of seed 001. */
import type { Catalogue } from './texts.ts';

const BECAUSE = { outage: 'The charger has a fault. ', occupancy: 'The charger is still in use. ', none: '' };

export const en: Catalogue = {
  membership_otp: ({ otp, programme, minutes }) => ({
    title: 'Your password', text: `${otp} is your password for ${programme}. It stands for ${minutes} minutes. Give it to nobody but the app in which you asked for it.`,
  }),
  session_otp: ({ otp, expiresAt, ...spot }, f) => ({
    title: 'Your code to start charging',
    text: `${otp} is your code to start charging at ${f.place(spot)}. It stands until ${f.clock(expiresAt, spot.timeZone)}. Give it to nobody but the app or the charger.`,
  }),
  order_otp: ({ otp, minutes, ...spot }, f) => ({
    title: 'Your code to book',
    text: `${otp} is your code to book charging at ${f.place(spot)}. It stands for ${minutes} minutes. Give it to nobody but the app in which you book.`,
  }),
  reservation_confirmed: (slot, f) => ({ title: 'Your slot is booked', text: `Your slot at ${f.place(slot)} is booked: ${f.slot(slot)}.` }),
  reservation_reminder: (slot, f) => ({ title: 'Your slot begins soon', text: `Your slot at ${f.place(slot)} begins at ${f.clock(slot.startsAt, slot.timeZone)}.` }),
  slot_armed: ({ until, ...spot }, f) => ({
    title: 'The plug is waiting for you',
    text: `The plug at ${f.place(spot)} is waiting for you${until === null ? '' : `, until ${f.clock(until, spot.timeZone)}`}.`,
  }),
  session_started: (spot, f) => ({ title: 'Charging has begun', text: `Your vehicle is charging at ${f.place(spot)}.` }),
  session_interrupted: ({ goesOn, estimatedRefund }, f) => ({
    title: goesOn ? 'Connectivity issue at site' : 'Session interrupted',
    text: [
      goesOn
        ? 'Connectivity issue at site—session continues locally. The final bill will be reconciled in sync.'
        : 'Session interrupted—only actual energy will be billed. You may unplug or wait for power to resume.',
      ...(estimatedRefund === null ? [] : [`Estimated refund: ${f.money(estimatedRefund)}.`]),
    ].join(' '),
  }),
  session_reconnected: ({ energyWh, ...spot }, f) => ({
    title: 'The charger is back', text: `The charger at ${f.place(spot)} is connected again${energyWh === null ? '' : `: ${f.energy(energyWh)} so far`}.`,
  }),
  session_finished: ({ energyWh, cost, ...spot }, f) => ({
    title: 'Charging has ended',
    text: `${cost === null ? f.energy(energyWh) : `Final: ${f.money(cost)} for ${f.energy(energyWh)}`} at ${f.place(spot)}. Please unplug your vehicle.`,
  }),
  refund: (money, f) => ({ title: 'You get money back', text: `${f.money(money)} were refunded to you.` }),
  overstay: ({ until, perMinute, ...spot }, f) => ({
    title: 'Please move your vehicle',
    text: [
      `Your vehicle has stopped charging at ${f.place(spot)}.`,
      until !== null ? `Please move it until ${f.clock(until, spot.timeZone)}${perMinute === null ? '' : `; afterwards each minute costs ${f.money(perMinute)}`}.`
        : perMinute === null ? 'Please move it: others are waiting.' : `Each minute costs ${f.money(perMinute)} now.`,
    ].join(' '),
  }),
  moved: ({ because, ...slot }, f) => ({
    title: 'Your slot has moved',
    text: `${BECAUSE[because ?? 'none']}Your slot is now at ${f.place(slot)}: ${f.slot(slot)}.`,
  }),
  cancelled_by_operator: ({ reason, ...slot }, f) => ({
    title: 'Your slot is cancelled', text: `Your slot at ${f.place(slot)}, ${f.slot(slot)}, was cancelled by the operator${reason === null ? '.' : `: ${reason}`}`,
  }),
  support_answered: ({ reference, answer }) => ({ title: 'An answer to your question', text: `Your case ${reference} was answered: ${answer}` }),
};
