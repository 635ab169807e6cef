/** Kannada. */
import type { Catalogue } from './texts.ts';

const BECAUSE = { outage: 'ಚಾರ್ಜರ್‌ನಲ್ಲಿ ದೋಷವಿದೆ. ', occupancy: 'ಚಾರ್ಜರ್ ಇನ್ನೂ ಬಳಕೆಯಲ್ಲಿದೆ. ', none: '' };

export const kn: Catalogue = {
  membership_otp: ({ otp, programme, minutes }) => ({
    title: 'ನಿಮ್ಮ ಪಾಸ್‌ವರ್ಡ್', text: `${otp} ಎಂಬುದು ${programme} ಗಾಗಿ ನಿಮ್ಮ ಪಾಸ್‌ವರ್ಡ್. ಇದು ${minutes} ನಿಮಿಷ ಮಾನ್ಯ. ನೀವು ಕೇಳಿದ ಆ್ಯಪ್‌ನಲ್ಲಿ ಮಾತ್ರ ಇದನ್ನು ನಮೂದಿಸಿ.`,
  }),
  session_otp: ({ otp, expiresAt, ...spot }, f) => ({
    title: 'ಚಾರ್ಜಿಂಗ್ ಆರಂಭಿಸಲು ಕೋಡ್',
    text: `${otp} ಎಂಬುದು ${f.place(spot)} ನಲ್ಲಿ ಚಾರ್ಜಿಂಗ್ ಆರಂಭಿಸಲು ನಿಮ್ಮ ಕೋಡ್. ಇದು ${f.clock(expiresAt, spot.timeZone)} ರವರೆಗೆ ಮಾನ್ಯ. ಆ್ಯಪ್ ಅಥವಾ ಚಾರ್ಜರ್‌ನಲ್ಲಿ ಮಾತ್ರ ನಮೂದಿಸಿ.`,
  }),
  order_otp: ({ otp, minutes, ...spot }, f) => ({
    title: 'ಬುಕ್ ಮಾಡಲು ಕೋಡ್',
    text: `${otp} ಎಂಬುದು ${f.place(spot)} ನಲ್ಲಿ ಚಾರ್ಜಿಂಗ್ ಬುಕ್ ಮಾಡಲು ನಿಮ್ಮ ಕೋಡ್. ಇದು ${minutes} ನಿಮಿಷ ಮಾನ್ಯ. ನೀವು ಬುಕ್ ಮಾಡುವ ಆ್ಯಪ್‌ನಲ್ಲಿ ಮಾತ್ರ ನಮೂದಿಸಿ.`,
  }),
  reservation_confirmed: (slot, f) => ({ title: 'ನಿಮ್ಮ ಸ್ಲಾಟ್ ಬುಕ್ ಆಗಿದೆ', text: `${f.place(slot)} ನಲ್ಲಿ ನಿಮ್ಮ ಸ್ಲಾಟ್ ಬುಕ್ ಆಗಿದೆ: ${f.slot(slot)}.` }),
  reservation_reminder: (slot, f) => ({
    title: 'ನಿಮ್ಮ ಸ್ಲಾಟ್ ಶೀಘ್ರದಲ್ಲೇ ಆರಂಭ', text: `${f.place(slot)} ನಲ್ಲಿ ನಿಮ್ಮ ಸ್ಲಾಟ್ ${f.clock(slot.startsAt, slot.timeZone)} ಕ್ಕೆ ಆರಂಭವಾಗುತ್ತದೆ.`,
  }),
  slot_armed: ({ until, ...spot }, f) => ({
    title: 'ಪ್ಲಗ್ ನಿಮಗಾಗಿ ಕಾಯುತ್ತಿದೆ',
    text: `${f.place(spot)} ನಲ್ಲಿ ಪ್ಲಗ್ ನಿಮಗಾಗಿ ಕಾಯುತ್ತಿದೆ${until === null ? '' : `, ${f.clock(until, spot.timeZone)} ರವರೆಗೆ`}.`,
  }),
  session_started: (spot, f) => ({ title: 'ಚಾರ್ಜಿಂಗ್ ಆರಂಭವಾಗಿದೆ', text: `${f.place(spot)} ನಲ್ಲಿ ನಿಮ್ಮ ವಾಹನ ಚಾರ್ಜ್ ಆಗುತ್ತಿದೆ.` }),
  session_interrupted: ({ goesOn, estimatedRefund }, f) => ({
    title: goesOn ? 'ಸ್ಥಳದಲ್ಲಿ ಸಂಪರ್ಕ ಸಮಸ್ಯೆ' : 'ಚಾರ್ಜಿಂಗ್ ಸ್ಥಗಿತಗೊಂಡಿದೆ',
    text: [
      goesOn
        ? 'ಸ್ಥಳದಲ್ಲಿ ಸಂಪರ್ಕ ಸಮಸ್ಯೆ ಇದೆ—ಚಾರ್ಜಿಂಗ್ ಅಲ್ಲಿ ಮುಂದುವರಿಯುತ್ತಿದೆ. ಮಾಹಿತಿ ಬಂದ ನಂತರ ಅಂತಿಮ ಬಿಲ್ ಸಿದ್ಧವಾಗುತ್ತದೆ.'
        : 'ಚಾರ್ಜಿಂಗ್ ಸ್ಥಗಿತಗೊಂಡಿದೆ—ನಿಜವಾಗಿ ನೀಡಿದ ವಿದ್ಯುತ್‌ಗೆ ಮಾತ್ರ ಬಿಲ್ ಆಗುತ್ತದೆ. ನೀವು ಪ್ಲಗ್ ತೆಗೆಯಬಹುದು ಅಥವಾ ವಿದ್ಯುತ್ ಬರುವವರೆಗೆ ಕಾಯಬಹುದು.',
      ...(estimatedRefund === null ? [] : [`ಅಂದಾಜು ಮರುಪಾವತಿ: ${f.money(estimatedRefund)}.`]),
    ].join(' '),
  }),
  session_reconnected: ({ energyWh, ...spot }, f) => ({
    title: 'ಚಾರ್ಜರ್ ಮತ್ತೆ ಸಂಪರ್ಕದಲ್ಲಿದೆ', text: `${f.place(spot)} ನ ಚಾರ್ಜರ್ ಮತ್ತೆ ಸಂಪರ್ಕಗೊಂಡಿದೆ${energyWh === null ? '' : `: ಇಲ್ಲಿಯವರೆಗೆ ${f.energy(energyWh)}`}.`,
  }),
  session_finished: ({ energyWh, cost, ...spot }, f) => ({
    title: 'ಚಾರ್ಜಿಂಗ್ ಮುಗಿದಿದೆ',
    text: `${f.place(spot)}: ${cost === null ? f.energy(energyWh) : `${f.energy(energyWh)} ಗೆ ಅಂತಿಮ ಮೊತ್ತ ${f.money(cost)}`}. ದಯವಿಟ್ಟು ನಿಮ್ಮ ವಾಹನದ ಪ್ಲಗ್ ತೆಗೆಯಿರಿ.`,
  }),
  refund: (money, f) => ({ title: 'ನಿಮಗೆ ಹಣ ಮರಳಿ ಬರುತ್ತಿದೆ', text: `${f.money(money)} ನಿಮಗೆ ಮರುಪಾವತಿಸಲಾಗಿದೆ.` }),
  overstay: ({ until, perMinute, ...spot }, f) => ({
    title: 'ದಯವಿಟ್ಟು ನಿಮ್ಮ ವಾಹನವನ್ನು ತೆಗೆಯಿರಿ',
    text: [
      `${f.place(spot)} ನಲ್ಲಿ ನಿಮ್ಮ ವಾಹನದ ಚಾರ್ಜಿಂಗ್ ನಿಂತಿದೆ.`,
      until !== null ? `ದಯವಿಟ್ಟು ${f.clock(until, spot.timeZone)} ರೊಳಗೆ ವಾಹನವನ್ನು ತೆಗೆಯಿರಿ${perMinute === null ? '' : `; ನಂತರ ಪ್ರತಿ ನಿಮಿಷಕ್ಕೆ ${f.money(perMinute)}`}.`
        : perMinute === null ? 'ದಯವಿಟ್ಟು ವಾಹನವನ್ನು ತೆಗೆಯಿರಿ: ಇತರರು ಕಾಯುತ್ತಿದ್ದಾರೆ.' : `ಈಗ ಪ್ರತಿ ನಿಮಿಷಕ್ಕೆ ${f.money(perMinute)}.`,
    ].join(' '),
  }),
  moved: ({ because, ...slot }, f) => ({
    title: 'ನಿಮ್ಮ ಸ್ಲಾಟ್ ಬದಲಾಗಿದೆ',
    text: `${BECAUSE[because ?? 'none']}ನಿಮ್ಮ ಸ್ಲಾಟ್ ಈಗ ${f.place(slot)} ನಲ್ಲಿದೆ: ${f.slot(slot)}.`,
  }),
  cancelled_by_operator: ({ reason, ...slot }, f) => ({
    title: 'ನಿಮ್ಮ ಸ್ಲಾಟ್ ರದ್ದಾಗಿದೆ', text: `${f.place(slot)} ನಲ್ಲಿ ನಿಮ್ಮ ಸ್ಲಾಟ್ (${f.slot(slot)}) ಅನ್ನು ನಿರ್ವಾಹಕರು ರದ್ದುಗೊಳಿಸಿದ್ದಾರೆ${reason === null ? '.' : `: ${reason}`}`,
  }),
  support_answered: ({ reference, answer }) => ({ title: 'ನಿಮ್ಮ ಪ್ರಶ್ನೆಗೆ ಉತ್ತರ', text: `ನಿಮ್ಮ ಪ್ರಕರಣ ${reference} ಕ್ಕೆ ಉತ್ತರ ಬಂದಿದೆ: ${answer}` }),
};
