/** One-time passwords that drivers are sent and give back: for whatever has to be shown to be theirs. */
export { hashOtp, isOtp, newOtp, OTP_TRIES, type HashedOtp } from './otp.ts';
export { checkOtp, issueOtp, purgeOtps, type Checked } from './use-cases.ts';
