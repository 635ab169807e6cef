/** Hindi. */
import type { Catalogue } from './texts.ts';

const BECAUSE = { outage: 'चार्जर में खराबी है। ', occupancy: 'चार्जर अभी उपयोग में है। ', none: '' };

export const hi: Catalogue = {
  membership_otp: ({ otp, programme, minutes }) => ({
    title: 'आपका पासवर्ड', text: `${otp} ${programme} के लिए आपका पासवर्ड है। यह ${minutes} मिनट तक मान्य है। इसे केवल उसी ऐप में डालें जिसमें आपने इसे माँगा था।`,
  }),
  session_otp: ({ otp, expiresAt, ...spot }, f) => ({
    title: 'चार्जिंग शुरू करने का कोड',
    text: `${otp} ${f.place(spot)} पर चार्जिंग शुरू करने का आपका कोड है। यह ${f.clock(expiresAt, spot.timeZone)} तक मान्य है। इसे केवल ऐप या चार्जर में डालें।`,
  }),
  order_otp: ({ otp, minutes, ...spot }, f) => ({
    title: 'बुकिंग का कोड',
    text: `${otp} ${f.place(spot)} पर चार्जिंग बुक करने का आपका कोड है। यह ${minutes} मिनट तक मान्य है। इसे केवल उसी ऐप में डालें जिसमें आप बुक कर रहे हैं।`,
  }),
  reservation_confirmed: (slot, f) => ({ title: 'आपका स्लॉट बुक हो गया', text: `${f.place(slot)} पर आपका स्लॉट बुक हो गया है: ${f.slot(slot)}।` }),
  reservation_reminder: (slot, f) => ({ title: 'आपका स्लॉट जल्द शुरू होगा', text: `${f.place(slot)} पर आपका स्लॉट ${f.clock(slot.startsAt, slot.timeZone)} पर शुरू होगा।` }),
  slot_armed: ({ until, ...spot }, f) => ({
    title: 'प्लग आपका इंतज़ार कर रहा है',
    text: `${f.place(spot)} पर प्लग आपके लिए रखा गया है${until === null ? '' : `, ${f.clock(until, spot.timeZone)} तक`}।`,
  }),
  session_started: (spot, f) => ({ title: 'चार्जिंग शुरू हो गई', text: `${f.place(spot)} पर आपका वाहन चार्ज हो रहा है।` }),
  session_interrupted: ({ goesOn, estimatedRefund }, f) => ({
    title: goesOn ? 'स्थल पर कनेक्टिविटी की समस्या' : 'चार्जिंग रुक गई',
    text: [
      goesOn
        ? 'स्थल पर कनेक्टिविटी की समस्या है—चार्जिंग वहाँ जारी है। अंतिम बिल डेटा मिलने पर बनेगा।'
        : 'चार्जिंग रुक गई है—केवल वास्तव में दी गई ऊर्जा का बिल बनेगा। आप प्लग निकाल सकते हैं या बिजली आने का इंतज़ार कर सकते हैं।',
      ...(estimatedRefund === null ? [] : [`अनुमानित वापसी: ${f.money(estimatedRefund)}।`]),
    ].join(' '),
  }),
  session_reconnected: ({ energyWh, ...spot }, f) => ({
    title: 'चार्जर फिर से जुड़ गया', text: `${f.place(spot)} का चार्जर फिर से जुड़ गया है${energyWh === null ? '' : `: अब तक ${f.energy(energyWh)}`}।`,
  }),
  session_finished: ({ energyWh, cost, ...spot }, f) => ({
    title: 'चार्जिंग पूरी हुई',
    text: `${f.place(spot)}: ${cost === null ? f.energy(energyWh) : `${f.energy(energyWh)} के लिए अंतिम राशि ${f.money(cost)}`}। कृपया अपना वाहन अनप्लग करें।`,
  }),
  refund: (money, f) => ({ title: 'आपको पैसे वापस मिल रहे हैं', text: `${f.money(money)} आपको वापस कर दिए गए हैं।` }),
  overstay: ({ until, perMinute, ...spot }, f) => ({
    title: 'कृपया अपना वाहन हटाएँ',
    text: [
      `${f.place(spot)} पर आपके वाहन की चार्जिंग बंद हो चुकी है।`,
      until !== null ? `कृपया इसे ${f.clock(until, spot.timeZone)} तक हटाएँ${perMinute === null ? '' : `; उसके बाद हर मिनट का शुल्क ${f.money(perMinute)} है`}।`
        : perMinute === null ? 'कृपया इसे हटाएँ: दूसरे लोग इंतज़ार कर रहे हैं।' : `अब हर मिनट का शुल्क ${f.money(perMinute)} है।`,
    ].join(' '),
  }),
  moved: ({ because, ...slot }, f) => ({
    title: 'आपका स्लॉट बदल गया है',
    text: `${BECAUSE[because ?? 'none']}आपका स्लॉट अब ${f.place(slot)} पर है: ${f.slot(slot)}।`,
  }),
  cancelled_by_operator: ({ reason, ...slot }, f) => ({
    title: 'आपका स्लॉट रद्द हो गया', text: `${f.place(slot)} पर आपका स्लॉट (${f.slot(slot)}) ऑपरेटर ने रद्द कर दिया है${reason === null ? '।' : `: ${reason}`}`,
  }),
  support_answered: ({ reference, answer }) => ({ title: 'आपके सवाल का जवाब', text: `आपके मामले ${reference} का जवाब आया है: ${answer}` }),
};
