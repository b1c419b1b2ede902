// What the page says, in English and in Traditional Chinese. {names} are filled in.
const words = {
  en: {
    title: "Handwritten digits", draw: "Draw one or more digits", paper: "Paper to draw digits on, with mouse, pen or finger",
    clear: "Clear", undo: "Undo", example: "Show an example", picture: "Open a picture",
    hint: "Several digits side by side are read as a number. “?” means that the network is not sure.",
    answer: "What the network thinks", seen: "What it sees: 28 × 28 pixels", why: "Pixels that its answer hangs on",
    learn: "Teach it", "it-was": "What was the last digit? The network learns it, together with digits that it knew before.",
    curve: "Loss while it learns", own: "Your digits", test: "Test digits in this page", rightOf: "{right} of {all} right",
    beforeAfter: "{before} % right before, {after} % now", keep: "Keep it",
    kept: "What it has learned stays in this browser until you erase it; nothing leaves this page.",
    save: "Save as params.json", load: "Load params.json", forget: "Erase what it has learned",
    about: "A convolutional network of the C++ library nn, which runs and learns in this page.",
    licences: "Licences", notSure: "not sure", empty: "Nothing drawn yet.", probability: "{digit}: {percent} %",
    learning: "Learning …", percentRight: "{after} % right",
  },
  zh: {
    title: "手寫數字", draw: "寫一個或多個數字", paper: "用滑鼠、筆或手指寫數字的紙", clear: "清除", undo: "復原",
    example: "看一個例子", picture: "開啟圖片", hint: "並排的數字會讀成一個數。「?」表示網路不確定。",
    answer: "網路的判斷", seen: "它看到的：28 × 28 像素", why: "判斷所依據的像素", learn: "教它",
    "it-was": "最後一個數字是什麼？網路會學會它，同時複習以前認得的數字。", curve: "學習時的損失", own: "你的數字",
    test: "本頁的測試數字", rightOf: "{all} 個中對了 {right} 個", beforeAfter: "之前 {before} % 正確，現在 {after} %",
    keep: "保存", kept: "學到的東西會留在這個瀏覽器裡，直到你刪除；沒有任何資料離開本頁。", save: "存成 params.json",
    load: "載入 params.json", forget: "刪除學到的東西", about: "C++ 程式庫 nn 的卷積網路，在本頁裡執行並學習。",
    licences: "授權條款", notSure: "不確定", empty: "還沒有寫。", probability: "{digit}：{percent} %", learning: "學習中 …",
    percentRight: "{after} % 正確",
  },
};
