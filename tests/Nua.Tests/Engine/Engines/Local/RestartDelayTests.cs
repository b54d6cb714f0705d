using Nua.Engine.Engines.Local;

namespace Nua.Tests.Engine.Engines.Local;

public sealed class RestartDelayTests
{
    private readonly SetTime _time = new();

    [Fact]
    public void Delay_doubles_up_to_a_minute()
    {
        var delay = new RestartDelay(_time);
        Assert.Equal([0.5, 1, 2, 4, 8, 16, 32, 60, 60], Enumerable.Range(0, 9).Select(_ => delay.Next().TotalSeconds));
    }

    [Theory]
    [InlineData(59, 2)]
    [InlineData(60, 0.5)]
    public void Delay_begins_anew_after_a_minute_of_health(int seconds, double expected)
    {
        var delay = new RestartDelay(_time);
        delay.Next();
        delay.Next();
        delay.Steady();
        _time.Now += seconds;
        delay.Steady();
        Assert.Equal(expected, delay.Next().TotalSeconds);
    }

    private sealed class SetTime : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Now;
    }
}
