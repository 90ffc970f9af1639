import type { resourcesEn } from "./admin-resources.en.ts";

/** 상품, 옵션, 컬렉션을 고르는 입력란의 한국어. admin.ko.ts의 일부. */
export const resourcesKo = {
  "resource.choose.product": "상품 선택",
  "resource.choose.variant": "옵션 선택",
  "resource.choose.collection": "컬렉션 선택",
  "resource.unnamed.product": "상품 {id}",
  "resource.unnamed.variant": "옵션 {id}",
  "resource.unnamed.collection": "컬렉션 {id}",
  "resource.gone.product": "삭제된 상품 {id}",
  "resource.gone.variant": "삭제된 옵션 {id}",
  "resource.gone.collection": "삭제된 컬렉션 {id}",
  "resource.remove": "{name} 빼기",
  "resource.all_one": "모두 보기",
  "resource.all_other": "{count}개 모두 보기",
  "resource.fewer": "간단히 보기",
  "resource.typeIds": "ID로 입력",
  "resource.hideIds": "ID 입력 닫기",
  "resource.ids": "{label} ID",
  "resource.ids.help": "Shopify ID나 주소를 쉼표로 구분해 주세요.",
  "resource.noPicker": "여기서는 Shopify 목록을 열 수 없어요. ID로 입력해 주세요.",
  "resource.noTitles": "Shopify에서 이름을 다 불러오지 못해 ID로 보여 드려요. 선택한 항목은 그대로예요.",
} satisfies Record<keyof typeof resourcesEn, string>;
