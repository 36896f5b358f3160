"""Kanji that are written in more than one form, and the one form they are compared in.

From the table of kanji for general use (常用漢字表, Cabinet Notification No. 2 of 2010: the old forms it sets in
brackets) and the table of kanji for names (戸籍法施行規則 別表第二: the other forms it allows); beside them the forms
that family registers and copied documents bring. Compatibility ideographs and variation selectors are not here:
normalisation takes care of those.
"""

from __future__ import annotations

_GENERAL_USE = """
    萬万 與与 兩両 竝並 乘乗 亂乱 豫予 爭争 亞亜 佛仏 假仮 會会 傳伝 體体 餘余 倂併 價価 儉倹 僞偽 兒児 黨党 圓円 寫写
    處処 劍剣 劑剤 剩剰 勵励 勞労 效効 敕勅 勸勧 勳勲 區区 醫医 單単 卽即 嚴厳 參参 雙双 收収 敍叙 臺台 號号 營営 囑嘱
    團団 圍囲 圖図 國国 圈圏 壓圧 墮堕 壘塁 鹽塩 增増 壞壊 壤壌 壯壮 聲声 壹壱 賣売 變変 奧奥 奬奨 孃嬢 學学 寶宝 實実
    寬寛 寢寝 對対 壽寿 專専 將将 盡尽 屆届 屬属 嶽岳 峽峡 巢巣 卷巻 帶帯 歸帰 廳庁 廣広 廢廃 貳弐 彌弥 彈弾 當当 徑径
    從従 德徳 徵徴 應応 戀恋 恆恒 惠恵 惱悩 惡悪 慘惨 愼慎 懷懐 戰戦 戲戯 戾戻 拂払 拔抜 擇択 擔担 拜拝 據拠 擴拡 擧挙
    挾挟 插挿 搜捜 揭掲 搖揺 攝摂 擊撃 數数 齊斉 齋斉 斷断 舊旧 晝昼 晚晩 曉暁 曆暦 曾曽 條条 來来 樞枢 榮栄 櫻桜 棧桟
    檢検 樓楼 樂楽 槪概 樣様 權権 橫横 缺欠 歐欧 歡歓 步歩 齒歯 歷歴 殘残 毆殴 殼殻 每毎 氣気 澤沢 淨浄 淺浅 濱浜 淚涙
    渴渇 濟済 涉渉 澁渋 溪渓 溫温 灣湾 濕湿 滿満 瀧滝 滯滞 潛潜 瀨瀬 燈灯 爐炉 點点 爲為 燒焼 犧犠 狀状 獨独 狹狭 獵猟
    獻献 獸獣 甁瓶 畫画 疊畳 瘦痩 癡痴 發発 盜盗 縣県 眞真 硏研 碎砕 禮礼 禪禅 祕秘 稱称 稻稲 穗穂 穩穏 竊窃 龍竜 粹粋
    肅粛 絲糸 經経 繪絵 繼継 續続 總総 綠緑 緖緒 緣縁 繩縄 縱縦 纖繊 罐缶 飜翻 聽聴 膽胆 腦脳 臟臓 艷艶 藝芸 莖茎 莊荘
    藏蔵 薰薫 藥薬 虛虚 蟲虫 蠶蚕 螢蛍 蠻蛮 衞衛 裝装 襃褒 霸覇 覺覚 覽覧 觀観 觸触 譯訳 證証 譽誉 讀読 謠謡 讓譲 豐豊
    贊賛 踐践 轉転 輕軽 辭辞 邊辺 遞逓 遲遅 郞郎 鄕郷 醉酔 釀醸 釋釈 鐵鉄 鑛鉱 錢銭 鑄鋳 鍊錬 錄録 鎭鎮 關関 鬭闘 陷陥
    險険 隨随 隱隠 雜雑 靈霊 靜静 賴頼 顯顕 驛駅 驅駆 騷騒 驗験 髓髄 髮髪 鷄鶏 麥麦 麵麺 黃黄 黑黒 默黙 齡齢 辨弁 瓣弁
    辯弁
"""
_FOR_NAMES = """
    亙亘 凜凛 薗園 冨富 堯尭 峯峰 嶋島 巖巌 晄晃 盃杯 檜桧 槇槙 凉涼 禰祢 禱祷 祿禄 穰穣 萠萌 遙遥 埜野 駈駆
"""
_IN_REGISTERS = """
    龜亀 躰体 儘侭 俱倶 內内 釼剣 劔剣 劒剣 剝剥 𠮷吉 吳呉 吞呑 嚙噛 囊嚢 圡土 塡填 壺壷 娛娯 斈学 屢屡 嶌島 﨑崎 嵜崎
    秊年 彥彦 耻恥 悅悦 戶戸 摑掴 搔掻 攪撹 敎教 斎斉 旣既 昻昂 曻昇 晉晋 邨村 栁柳 桺柳 琹栞 桒桑 檮梼 槗橋 𣘺橋 歲歳
    濵浜 濤涛 瀆涜 渕淵 淸清 潑溌 灌潅 焰焔 珎珍 瑤瑶 產産 畧略 皋皐 礪砺 礒磯 穐秋 稅税 窻窓 竈竃 簞箪 籠篭 絕絶 繫繋
    繡繍 羣群 聰聡 胷胸 脫脱 舖舗 舩船 蘆芦 萊莱 蔣蒋 藪薮 籔薮 蠣蛎 蟬蝉 蠟蝋 蠅蝿 說説 諫諌 讚讃 賤賎 軀躯 邉辺 邇迩
    迯逃 逹達 鄉郷 醬醤 鈎鉤 銳鋭 閱閲 鬪闘 鄰隣 靑青 靱靭 頸頚 頰頬 顏顔 顚顛 飮飲 舘館 驒騨 髙高 鰺鯵 鷗鴎 鶯鴬 靏鶴
    靍鶴 鹼鹸 麴麹
"""
_RADICALS = """
    ⻲亀 ⻫斉 ⻬斉 ⻭歯 ⺠民 ⻯竜 ⻁虎 ⻄西 ⻆角 ⻑長 ⻘青 ⻝食 ⻢馬 ⻤鬼 ⻥魚 ⻨麦 ⻩黄
"""
"""What looks like a kanji in text copied from a PDF, and which NFKC leaves as it is."""

ONE_FORM = {ord(pair[0]): pair[1] for pair in f"{_GENERAL_USE}{_FOR_NAMES}{_IN_REGISTERS}{_RADICALS}".split()}
"""The other forms and the form they are compared in, for ``str.translate``."""
