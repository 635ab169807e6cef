import { judgeToken } from '../../../domain/sessions/index.ts';
import type { Handler } from '../message.ts';
import { tokenInfo16, tokenInfo2 } from '../token-info.ts';

/** Somebody shows a token, before anybody knows at which connector: whether it may charge there is judged when it begins. */
export const authorize16: Handler = async (ctx, { link }, payload) => (
  { idTagInfo: tokenInfo16(await judgeToken(ctx, payload.idTag as string, link.stationId)) });

export const authorize2: Handler = async (ctx, { link }, payload) => (
  { idTokenInfo: tokenInfo2(await judgeToken(ctx, (payload.idToken as { idToken: string }).idToken, link.stationId)) });
