import {
  createOrganisation, findOrganisationBySlug, inContext, issueKey, listKeysOf, listNetworks, listOrganisations, revokeAnyKey, type Context, type Network,
  type Organisation, type OrganisationRole, type Runtime,
  type Scope,
} from '../domain/organisations/index.ts';
import { ensureNetwork } from '../app/networks.ts';
import { EXIT, type Command, type CommandIo, type ExitCode } from './command.ts';

export type KeysArgs =
  | { do: 'organisations' }
  | { do: 'add-organisation'; mode: Network['mode']; slug: string; name: string; roles: OrganisationRole[]; countryCode?: string; partyId?: string }
  | { do: 'list'; mode: Network['mode']; organisation: string }
  | { do: 'create'; mode: Network['mode']; organisation: string; name: string; scopes?: Scope[] }
  | { do: 'revoke'; id: string };

/** Organisations and their keys, as the installation's owner: the first key of each organisation is made here. */
export const keys: Command = async (runtime, args, io) => {
  const input = args as KeysArgs;
  switch (input.do) {
    case 'organisations': {
      const networks = new Map((await listNetworks(runtime.database)).map((network) => [network.id, network]));
      for (const o of await listOrganisations(runtime.database)) io.out([o.id, networks.get(o.networkId)!.mode, o.slug, o.roles.join('+'), o.name].join('\t'));
      return EXIT.ok;
    }
    case 'add-organisation':
      return asSystem(runtime, input.mode, async (ctx) => {
        const organisation = await createOrganisation(ctx, input);
        const { secret } = await issueKey(ctx, organisation.id, { name: 'first', kind: 'secret' });
        io.out([organisation.id, secret].join('\t'));
        io.note('That secret key is shown this once.');
        return EXIT.ok;
      });
    case 'list':
      return asSystem(runtime, input.mode, async (ctx) => {
        const organisation = await find(ctx, input.organisation, io);
        if (!organisation) return EXIT.failed;
        for (const key of await listKeysOf(ctx, organisation.id)) io.out([key.id, key.kind, `…${key.hint}`, key.revokedAt === null ? 'live' : 'revoked', key.name].join('\t'));
        return EXIT.ok;
      });
    case 'create':
      return asSystem(runtime, input.mode, async (ctx) => {
        const organisation = await find(ctx, input.organisation, io);
        if (!organisation) return EXIT.failed;
        const { key, secret } = await issueKey(ctx, organisation.id, { name: input.name, kind: input.scopes ? 'restricted' : 'secret', scopes: input.scopes });
        io.out([key.id, secret].join('\t'));
        io.note('That secret key is shown this once.');
        return EXIT.ok;
      });
    case 'revoke':
      for (const network of await listNetworks(runtime.database)) {
        if (await inContext(runtime, { networkId: network.id, actor: { kind: 'system' } }, (ctx) => revokeAnyKey(ctx, input.id))) return EXIT.ok;
      }
      io.note(`No key has the id "${input.id}".`);
      return EXIT.failed;
  }
};

async function asSystem(runtime: Runtime, mode: Network['mode'], work: (ctx: Context) => Promise<ExitCode>): Promise<ExitCode> {
  const network = await ensureNetwork(runtime.database, mode);
  return inContext(runtime, { networkId: network.id, actor: { kind: 'system' } }, work);
}

async function find(ctx: Context, slug: string, io: CommandIo): Promise<Organisation | undefined> {
  const organisation = await findOrganisationBySlug(ctx.tx, ctx.network.id, slug);
  if (!organisation) io.note(`No organisation is called "${slug}" there; "plugtime keys organisations" lists them.`);
  return organisation;
}
