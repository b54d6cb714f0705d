using Nua.Foundation.Linux;

namespace Nua.Tests.Foundation.Linux;

public sealed class ProgramPagesTests
{
    private const string Program = "/opt/nua app/nua";

    [Fact]
    public void Only_what_cannot_be_written_and_never_was_is_given_back()
    {
        string[] smaps =
        [
            $"00200000-00210000 r--p 00000000 fe:00 12   {Program}", "Rss:   64 kB", "Private_Dirty:   0 kB", "Anonymous:   0 kB", "VmFlags: rd mr mw me",
            $"00210000-00220000 r-xp 00010000 fe:00 12   {Program}", "Rss:   64 kB", "Anonymous:   0 kB",
            $"00220000-00230000 r--p 00020000 fe:00 12   {Program}", "Rss:   64 kB", "Anonymous:   4 kB",
            $"00230000-00240000 rw-p 00030000 fe:00 12   {Program}", "Rss:   64 kB", "Anonymous:   0 kB",
            "7f0000000000-7f0000001000 r-xp 00000000 fe:00 13   /lib/libc.so.6", "Anonymous:   0 kB",
            "7f0000002000-7f0000003000 r--p 00000000 00:00 0 ", "Anonymous:   0 kB",
        ];

        Assert.Equal([((nuint)0x200000, (nuint)0x10000), ((nuint)0x210000, (nuint)0x10000)], ProgramPages.Clean(smaps, Program));
    }

    [Fact]
    public void Program_goes_on()
    {
        ProgramPages.GiveBack();

        Assert.Equal(5050, Enumerable.Range(1, 100).Sum());
    }
}
