/** German. */
import type { Catalogue } from './texts.ts';

const BECAUSE = { outage: 'Die Station ist gestört. ', occupancy: 'Die Station ist noch besetzt. ', none: '' };

export const de: Catalogue = {
  membership_otp: ({ otp, programme, minutes }) => ({
    title: 'Ihr Passwort', text: `${otp} ist Ihr Passwort für ${programme}. Es gilt ${minutes} Minuten. Geben Sie es nur in der App ein, in der Sie es angefordert haben.`,
  }),
  session_otp: ({ otp, expiresAt, ...spot }, f) => ({
    title: 'Ihr Code zum Laden',
    text: `${otp} ist Ihr Code, um an ${f.place(spot)} zu laden. Er gilt bis ${f.clock(expiresAt, spot.timeZone)} Uhr. Geben Sie ihn nur in der App oder an der Ladestation ein.`,
  }),
  order_otp: ({ otp, minutes, ...spot }, f) => ({
    title: 'Ihr Code zum Buchen',
    text: `${otp} ist Ihr Code, um einen Ladeplatz an ${f.place(spot)} zu buchen. Er gilt ${minutes} Minuten. Geben Sie ihn nur in der App ein, in der Sie buchen.`,
  }),
  reservation_confirmed: (slot, f) => ({ title: 'Ihr Ladeplatz ist gebucht', text: `Ihr Ladeplatz an ${f.place(slot)} ist gebucht: ${f.slot(slot)} Uhr.` }),
  reservation_reminder: (slot, f) => ({
    title: 'Ihre Ladezeit beginnt bald', text: `Ihre Ladezeit an ${f.place(slot)} beginnt um ${f.clock(slot.startsAt, slot.timeZone)} Uhr.`,
  }),
  slot_armed: ({ until, ...spot }, f) => ({
    title: 'Der Ladeplatz wartet auf Sie',
    text: `Der Ladeplatz an ${f.place(spot)} wartet auf Sie${until === null ? '' : `, bis ${f.clock(until, spot.timeZone)} Uhr`}.`,
  }),
  session_started: (spot, f) => ({ title: 'Der Ladevorgang hat begonnen', text: `Ihr Fahrzeug lädt an ${f.place(spot)}.` }),
  session_interrupted: ({ goesOn, estimatedRefund }, f) => ({
    title: goesOn ? 'Verbindungsproblem am Standort' : 'Ladevorgang unterbrochen',
    text: [
      goesOn
        ? 'Verbindungsproblem am Standort – der Ladevorgang läuft vor Ort weiter. Abgerechnet wird, sobald die Daten da sind.'
        : 'Ladevorgang unterbrochen – berechnet wird nur die geladene Energie. Sie können abstecken oder warten, bis es wieder Strom gibt.',
      ...(estimatedRefund === null ? [] : [`Voraussichtliche Erstattung: ${f.money(estimatedRefund)}.`]),
    ].join(' '),
  }),
  session_reconnected: ({ energyWh, ...spot }, f) => ({
    title: 'Die Ladestation ist wieder da', text: `Die Ladestation an ${f.place(spot)} ist wieder verbunden${energyWh === null ? '' : `: bisher ${f.energy(energyWh)}`}.`,
  }),
  session_finished: ({ energyWh, cost, ...spot }, f) => ({
    title: 'Der Ladevorgang ist beendet',
    text: `${cost === null ? f.energy(energyWh) : `Endbetrag: ${f.money(cost)} für ${f.energy(energyWh)}`} an ${f.place(spot)}. Bitte stecken Sie Ihr Fahrzeug ab.`,
  }),
  refund: (money, f) => ({ title: 'Sie bekommen Geld zurück', text: `${f.money(money)} wurden Ihnen erstattet.` }),
  overstay: ({ until, perMinute, ...spot }, f) => ({
    title: 'Bitte fahren Sie Ihr Fahrzeug weg',
    text: [
      `Ihr Fahrzeug lädt an ${f.place(spot)} nicht mehr.`,
      until !== null ? `Bitte fahren Sie es bis ${f.clock(until, spot.timeZone)} Uhr weg${perMinute === null ? '' : `; danach kostet jede Minute ${f.money(perMinute)}`}.`
        : perMinute === null ? 'Bitte fahren Sie es weg: Andere warten.' : `Jede Minute kostet jetzt ${f.money(perMinute)}.`,
    ].join(' '),
  }),
  moved: ({ because, ...slot }, f) => ({
    title: 'Ihr Ladeplatz hat sich geändert',
    text: `${BECAUSE[because ?? 'none']}Ihr Ladeplatz ist jetzt ${f.place(slot)}: ${f.slot(slot)} Uhr.`,
  }),
  cancelled_by_operator: ({ reason, ...slot }, f) => ({
    title: 'Ihre Buchung ist storniert', text: `Ihre Buchung an ${f.place(slot)}, ${f.slot(slot)} Uhr, hat der Betreiber storniert${reason === null ? '.' : `: ${reason}`}`,
  }),
  support_answered: ({ reference, answer }) => ({ title: 'Antwort auf Ihre Anfrage', text: `Zu Ihrer Anfrage ${reference} gibt es eine Antwort: ${answer}` }),
};
