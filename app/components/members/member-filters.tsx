import { ChoiceList, IndexFilters, IndexFiltersMode, useSetIndexFiltersMode } from "@shopify/polaris";
import { useEffect, useRef, useState } from "react";
import {
  MEMBER_BALANCES,
  MEMBER_SORTS,
  MEMBER_STATES,
  searchText,
} from "#app/loyalty/insights/member-list-query.ts";
import type { MemberListQuery, MemberSort } from "#app/loyalty/insights/member-list-query.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { hasFilters, MEMBER_VIEWS, viewOf } from "./member-views.ts";

type Query = Omit<MemberListQuery, "cursor">;

interface MemberFiltersProps {
  query: Query;
  tiers: { id: string; name: string }[];
  loading: boolean;
  onChange(query: Query): void;
}

const SEARCH_PAUSE_MS = 400;

/** Search, saved views, filters and sorting, all kept in the address, so that a view can be shared. */
export function MemberFilters({ query, tiers, loading, onChange }: MemberFiltersProps) {
  const { t } = useAdmin();
  const { mode, setMode } = useSetIndexFiltersMode(
    hasFilters(query) ? IndexFiltersMode.Filtering : undefined,
  );
  const { search, setSearch, forget } = useSearch(query, onChange);
  const selected = MEMBER_VIEWS.findIndex((view) => view.id === viewOf(query));
  const clear = () => {
    forget();
    onChange({ search: "", tiers: [], states: [], balance: null, sort: query.sort });
  };
  return (
    <IndexFilters
      mode={mode}
      setMode={setMode}
      queryValue={search}
      queryPlaceholder={t("members.search")}
      onQueryChange={setSearch}
      onQueryClear={() => setSearch("")}
      loading={loading}
      tabs={MEMBER_VIEWS.map((view) => ({
        id: `view-${view.id}`,
        content: t(`members.view.${view.id}`),
        isLocked: true,
      }))}
      selected={selected < 0 ? 0 : selected}
      onSelect={(index) => {
        const view = MEMBER_VIEWS[index];
        if (!view) return;
        forget();
        onChange({ search: "", tiers: [], sort: query.sort, ...view.query });
      }}
      canCreateNewView={false}
      sortOptions={MEMBER_SORTS.map((sort) => {
        const [by, direction] = sort.split("_");
        return {
          value: `${by} ${direction}` as `${string} asc` | `${string} desc`,
          label: t(by === "joined" ? "members.sort.joined" : "members.sort.balance"),
          directionLabel: t(`members.sort.${sort}`),
        };
      })}
      sortSelected={[query.sort.replace("_", " ")]}
      onSort={([value]) =>
        onChange({ ...query, sort: (value ?? "joined desc").replace(" ", "_") as MemberSort })
      }
      filters={filterChoices(query, tiers, onChange, t)}
      appliedFilters={appliedFilters(query, tiers, onChange, t)}
      onClearAll={clear}
      cancelAction={{ onAction: clear, disabled: false, loading: false }}
    />
  );
}

/** What is typed, sent on after a pause; and forgotten when the address comes to say something else. */
function useSearch(query: Query, onChange: (query: Query) => void) {
  const [typed, setTyped] = useState<string | null>(null);
  const sent = useRef(query.search);
  useEffect(() => {
    if (query.search === sent.current) return;
    sent.current = query.search;
    setTyped(null);
  }, [query.search]);
  useEffect(() => {
    if (typed === null) return;
    const search = searchText(typed);
    if (search === query.search) return;
    const timer = setTimeout(() => {
      sent.current = search;
      onChange({ ...query, search });
    }, SEARCH_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, query, onChange]);
  return { search: typed ?? query.search, setSearch: setTyped, forget: () => setTyped(null) };
}

type T = ReturnType<typeof useAdmin>["t"];

function filterChoices(
  query: Query,
  tiers: MemberFiltersProps["tiers"],
  onChange: MemberFiltersProps["onChange"],
  t: T,
) {
  return [
    {
      key: "tier",
      label: t("members.filter.tier"),
      shortcut: true,
      filter: (
        <ChoiceList
          title={t("members.filter.tier")}
          titleHidden
          allowMultiple
          choices={tiers.map((tier) => ({ value: tier.id, label: tier.name }))}
          selected={query.tiers}
          onChange={(chosen) => onChange({ ...query, tiers: chosen })}
        />
      ),
    },
    {
      key: "state",
      label: t("members.filter.state"),
      filter: (
        <ChoiceList
          title={t("members.filter.state")}
          titleHidden
          allowMultiple
          choices={MEMBER_STATES.map((value) => ({ value, label: t(`member.state.${value}`) }))}
          selected={query.states}
          onChange={(chosen) =>
            onChange({ ...query, states: MEMBER_STATES.filter((state) => chosen.includes(state)) })
          }
        />
      ),
    },
    {
      key: "balance",
      label: t("members.filter.balance"),
      filter: (
        <ChoiceList
          title={t("members.filter.balance")}
          titleHidden
          choices={MEMBER_BALANCES.map((value) => ({ value, label: t(`members.balance.${value}`) }))}
          selected={query.balance ? [query.balance] : []}
          onChange={([chosen]) =>
            onChange({ ...query, balance: MEMBER_BALANCES.find((value) => value === chosen) ?? null })
          }
        />
      ),
    },
  ];
}

function appliedFilters(
  query: Query,
  tiers: MemberFiltersProps["tiers"],
  onChange: MemberFiltersProps["onChange"],
  t: T,
) {
  const applied: { key: string; label: string; onRemove(): void }[] = [];
  if (query.tiers.length > 0) {
    const names = query.tiers.map((id) => tiers.find((tier) => tier.id === id)?.name ?? id).join(", ");
    applied.push({
      key: "tier",
      label: t("members.applied", { filter: t("members.filter.tier"), value: names }),
      onRemove: () => onChange({ ...query, tiers: [] }),
    });
  }
  if (query.states.length > 0) {
    const names = query.states.map((state) => t(`member.state.${state}`)).join(", ");
    applied.push({
      key: "state",
      label: t("members.applied", { filter: t("members.filter.state"), value: names }),
      onRemove: () => onChange({ ...query, states: [] }),
    });
  }
  if (query.balance) {
    applied.push({
      key: "balance",
      label: t("members.applied", {
        filter: t("members.filter.balance"),
        value: t(`members.balance.${query.balance}`),
      }),
      onRemove: () => onChange({ ...query, balance: null }),
    });
  }
  return applied;
}
