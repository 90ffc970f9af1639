import { activityKo } from "./admin-activity.ko.ts";
import { campaignsKo } from "./admin-campaigns.ko.ts";
import { historyKo } from "./admin-history.ko.ts";
import { homeKo } from "./admin-home.ko.ts";
import { importKo } from "./admin-import.ko.ts";
import { lifecycleKo } from "./admin-lifecycle.ko.ts";
import { membersKo } from "./admin-members.ko.ts";
import { programKo } from "./admin-program.ko.ts";
import { publishKo } from "./admin-publish.ko.ts";
import { resourcesKo } from "./admin-resources.ko.ts";
import { reviewsKo } from "./admin-reviews.ko.ts";
import type { adminEn } from "./admin.en.ts";

/** 관리자 화면의 한국어. 키는 영어 파일과 같다. */
export const adminKo = {
  ...homeKo,
  ...programKo,
  ...resourcesKo,
  ...lifecycleKo,
  ...publishKo,
  ...campaignsKo,
  ...historyKo,
  ...importKo,
  ...membersKo,
  ...activityKo,
  ...reviewsKo,

  "nav.home": "홈",
  "nav.program": "프로그램",
  "nav.members": "회원",
  "nav.activity": "활동",

  "common.justNow": "방금",
  "common.why": "이유",
  "common.save": "저장",
  "common.discard": "되돌리기",
  "common.cancel": "취소",
  "common.close": "닫기",
  "common.edit": "수정",
  "common.remove": "삭제",
  "common.undo": "실행 취소",
  "common.on": "켜짐",
  "common.off": "꺼짐",

  "error.retry": "다시 시도",
  "error.notFound.title": "찾을 수 없어요",
  "error.notFound.what": "여기에는 아무것도 없어요",
  "error.notFound.next": "삭제되었거나 다른 쇼핑몰의 정보예요. 이전 화면에서 다시 선택해 주세요.",
  "error.database.title": "지금은 열 수 없어요",
  "error.database.what": "Dangol이 데이터에 연결하지 못하고 있어요",
  "error.database.next":
    "포인트와 주문은 안전해요. Shopify가 보낸 내용은 나중에 다시 전달돼요. 잠시 후 다시 시도해 주세요.",
  "error.unexpected.title": "화면을 열지 못했어요",
  "error.unexpected.what": "화면을 준비하는 중에 문제가 생겼어요",
  "error.unexpected.next":
    "화면을 연 것만으로 바뀐 것은 없어요. 방금 저장했다면, 다시 저장하기 전에 화면을 먼저 확인해 주세요.",

  "actor.system": "Dangol",
  "actor.staff": "직원 {id}",
} satisfies Record<keyof typeof adminEn, string>;
