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

test.each([
  [
    "https://here.example/desk?ticket=0b7c8a52-6a4e-4d0c-9a52-2f5f9f6b1a11",
    "/desk?ticket=0b7c8a52-6a4e-4d0c-9a52-2f5f9f6b1a11",
  ],
  [
    "https://here.example/ops?ticket=0b7c8a52-6a4e-4d0c-9a52-2f5f9f6b1a11",
    "/ops?ticket=0b7c8a52-6a4e-4d0c-9a52-2f5f9f6b1a11",
  ],
  ["https://here.example/#/inbox", "/#/inbox"],
  [
    "https://here.example/public#/t/0b7c8a52-6a4e-4d0c-9a52-2f5f9f6b1a11",
    "/public#/t/0b7c8a52-6a4e-4d0c-9a52-2f5f9f6b1a11",
  ],
  ["https://here.example/admin?next=//evil.example", "/#/r/QN-26-7K3F9D"],
  ["javascript:alert(1)", "/#/r/QN-26-7K3F9D"],
])("the link %s leads to %s, here", (link, path) => {
  expect(readPush({ data: { report_no: "QN-26-7K3F9D", link } }).path).toBe(path);
});

test.each([[null], ["nonsense"], [{ data: { report_no: "../../evil" } }]])(
  "%j still shows something, and leads to the inbox",
  (given) => {
    expect(readPush(given)).toMatchObject({ title: "Hiện Trường", path: "/#/inbox" });
  },
);
