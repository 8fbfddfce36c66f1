using NUnit.Framework;
using Shouldly;
using Workers.Domain.Schedules;

namespace Workers.Tests.Schedules;

[TestFixture]
public sealed class CronTests
{
    [TestCase("0 0 25 * * ?", "hours", "'25' must be from 0 to 23")]
    [TestCase("61 0 1 * * ?", "seconds", "'61' must be from 0 to 59")]
    [TestCase("0 x 1 * * ?", "minutes", "'x' must be from 0 to 59")]
    [TestCase("0 0/0 1 * * ?", "minutes", "the step '0' must be from 1 to 59")]
    [TestCase("0 0 1 32 * ?", "day of month", "'32' must be from 1 to 31")]
    [TestCase("0 0 1 L3 * ?", "day of month", "L stands alone")]
    [TestCase("0 0 1 ? FOO MON", "month", "'FOO' must be a month")]
    [TestCase("0 0 1 ? * 8", "day of week", "'8' must be a weekday from 1 (Sunday) to 7 (Saturday)")]
    [TestCase("0 0 1 ? * ?", "day of week", "it may stand in one of them")]
    [TestCase("0 0 1 13 * FRI", "day of week", "it must be '?'")]
    [TestCase("0 0 1 * * ? 1969", "year", "'1969' must be from 1970 to 2199")]
    [TestCase("0 0 1,, * * ?", "hours", "something is missing")]
    [TestCase("*/5 * * * *", "cron", "put the seconds before them")]
    [TestCase("", "cron", "6 or 7 fields")]
    public void A_bad_expression_is_told_by_field_and_reason(string text, string field, string why)
    {
        var error = Should.Throw<CronException>(() => Cron.Parse(text));

        error.Field.ShouldBe(field);
        error.Message.ShouldContain(why);
    }

    [TestCase("0 30 2 * * ?", "2026-01-31 02:30:00", "2026-01-31 02:30:00")]
    [TestCase("0 30 2 * * ?", "2026-01-31 02:30:01", "2026-02-01 02:30:00")]
    [TestCase("0 0 12 L * ?", "2026-02-01 00:00:00", "2026-02-28 12:00:00")]
    [TestCase("0 0 12 L-2 * ?", "2026-02-01 00:00:00", "2026-02-26 12:00:00")]
    [TestCase("0 0 12 LW * ?", "2026-02-01 00:00:00", "2026-02-27 12:00:00")]
    [TestCase("0 0 12 15W * ?", "2026-02-01 00:00:00", "2026-02-16 12:00:00")]
    [TestCase("0 0 12 1W * ?", "2026-08-01 00:00:00", "2026-08-03 12:00:00")]
    [TestCase("0 0 12 29 2 ?", "2026-01-01 00:00:00", "2028-02-29 12:00:00")]
    [TestCase("0 0 8 ? * MON-FRI", "2026-01-02 08:00:01", "2026-01-05 08:00:00")]
    [TestCase("0 0 8 ? * FRI-MON", "2026-01-06 00:00:00", "2026-01-09 08:00:00")]
    [TestCase("0 0 8 ? * 6#3", "2026-01-01 00:00:00", "2026-01-16 08:00:00")]
    [TestCase("0 0 8 ? * 6L", "2026-01-01 00:00:00", "2026-01-30 08:00:00")]
    [TestCase("0 0 8 ? * L", "2026-01-01 00:00:00", "2026-01-03 08:00:00")]
    [TestCase("0 0 22-2 * * ?", "2026-01-01 03:00:00", "2026-01-01 22:00:00")]
    [TestCase("15/20 10,40 * * * ?", "2026-01-01 00:10:36", "2026-01-01 00:10:55")]
    [TestCase("0 0 0 1 JAN ? 2030/5", "2031-01-01 00:00:00", "2035-01-01 00:00:00")]
    public void The_next_time_is_the_one_that_it_means(string text, string from, string next) =>
        Cron.Parse(text).Next(Time(from)).ShouldBe(Time(next));

    [Test]
    public void An_expression_that_means_no_time_any_more_has_none() => Cron.Parse("0 0 0 1 1 ? 2020").Next(Time("2026-01-01 00:00:00")).ShouldBeNull();

    [Test]
    public void The_thirtieth_of_February_is_searched_for_and_not_found() => Cron.Parse("0 0 0 30 2 ?").Next(Time("2026-01-01 00:00:00")).ShouldBeNull();

    [TestCase("0 30 2 ? * MON-FRI", "At 02:30, Monday to Friday")]
    [TestCase("0 0 0 * * ?", "At 00:00")]
    [TestCase("0/5 * * * * ?", "Every 5 seconds")]
    [TestCase("* * * * * ?", "Every second")]
    [TestCase("0 * * * * ?", "Every minute")]
    [TestCase("0 0/15 * * * ?", "Every 15 minutes")]
    [TestCase("0 0/15 8-17 ? * MON-FRI", "Every 15 minutes, from 08:00 to 17:59, Monday to Friday")]
    [TestCase("0 0 8,18 * * ?", "At 08:00 and 18:00")]
    [TestCase("0 0 9 L * ?", "At 09:00, on the last day of the month")]
    [TestCase("0 0 9 15W * ?", "At 09:00, on the weekday nearest to day 15 of the month")]
    [TestCase("0 0 9 ? * 6#3", "At 09:00, on the third Friday of the month")]
    [TestCase("0 0 9 ? * MONL", "At 09:00, on the last Monday of the month")]
    [TestCase("30 15 9 1 1,7 ? 2027", "At 09:15:30, on day 1 of the month, in January and July, in 2027")]
    public void It_is_told_in_words(string text, string words) => CronWords.Of(Cron.Parse(text)).ShouldBe(words);

    private static DateTime Time(string text) => DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
