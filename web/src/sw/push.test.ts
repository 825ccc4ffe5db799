import { expect, test } from "vitest";
import { readPush } from "./push";

const fcm = {
  notification: { title: "Đã tiếp nhận", body: "Hạn xử lý: 27/11." },
  data: {
    report_no: "QN-26-7K3F9D",
    tag: "report:QN-26-7K3F9D",
    link: "https://elsewhere.example",
  },
  fcmMessageId: "x",
};

test("an envelope of FCM is opened, and leads to the report here", () => {
  expect(readPush(fcm)).toEqual({
    title: "Đã tiếp nhận",
    body: "Hạn xử lý: 27/11.",
    tag: "report:QN-26-7K3F9D",
    path: "/#/r/QN-26-7K3F9D",
  });
});

test("a plain push says the same without the envelope", () => {
  const plain = { title: "Đã xử lý", body: "Mời xem kết quả.", report_no: "QN-26-7K3F9D" };
  expect(readPush(plain)).toMatchObject({ title: "Đã xử lý", tag: "QN-26-7K3F9D" });
});

test.each([[null], ["nonsense"], [{ data: { report_no: "../../evil" } }]])(
  "%j still shows something, and leads to the inbox",
  (given) => {
    expect(readPush(given)).toMatchObject({ title: "Hiện Trường", path: "/#/inbox" });
  },
);
