import type { World } from "#sandbox/context.ts";
import type { Id, Mail, ThemeBlock } from "#sandbox/store/types.ts";
import type { MailInput, ThemeBlockInput } from "./inputs.ts";

const MAILS_KEPT = 500;

/** Puts a mail into the shop's mailbox. */
export function receiveMail(world: World, shop: string, input: MailInput): Mail {
  const state = world.store.shop(shop);
  const mail: Mail = {
    id: world.store.newId(),
    at: world.now().toISOString(),
    from: input.from ?? state.shop.email,
    to: input.to,
    subject: input.subject,
    html: input.html ?? "",
    text: input.text ?? "",
    kind: input.kind ?? "other",
  };
  state.mailbox.push(mail);
  if (state.mailbox.length > MAILS_KEPT) state.mailbox.splice(0, state.mailbox.length - MAILS_KEPT);
  world.store.changed();
  return mail;
}

/** Adds a block of the app's extension to the theme, or changes one that is there. */
export function saveThemeBlock(world: World, shop: string, input: ThemeBlockInput): ThemeBlock {
  const { theme } = world.store.shop(shop);
  const found =
    input.id === undefined
      ? theme.blocks.find((one) => one.handle === input.handle && one.template === (input.template ?? null))
      : theme.blocks.find((one) => one.id === input.id);
  const block: ThemeBlock = found ?? {
    id: world.store.newId(),
    handle: input.handle,
    target: input.target,
    template: input.template ?? null,
    enabled: true,
    settings: {},
  };
  if (input.enabled !== undefined) block.enabled = input.enabled;
  if (input.settings !== undefined) block.settings = { ...block.settings, ...input.settings };
  if (found === undefined) theme.blocks.push(block);
  world.store.changed();
  return block;
}

/** Takes a block out of the theme. */
export function removeThemeBlock(world: World, shop: string, id: Id): void {
  const { theme } = world.store.shop(shop);
  theme.blocks = theme.blocks.filter((block) => block.id !== id);
  world.store.changed();
}
