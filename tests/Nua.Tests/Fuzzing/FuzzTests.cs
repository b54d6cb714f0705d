using System.Diagnostics;
using CsCheck;
using Nua.Tests.Repository;

namespace Nua.Tests.Fuzzing;

/// <summary>
/// Readers of bytes from outside get inputs that are almost right. Three seconds each, or <c>NUA_FUZZ_SECONDS</c>; what once failed is in
/// <c>Corpus</c> and is read first, each time.
/// </summary>
public sealed class FuzzTests
{
    /// <summary>For one input, on a machine that does other things as well.</summary>
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(20);

    private static readonly string _corpus = Path.Combine(RepositoryFiles.Root, "tests/Nua.Tests/Fuzzing/Corpus");

    public static TheoryData<string> Names => [.. FuzzTarget.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Reader_never_does_worse_than_what_it_documents(string name)
    {
        var target = FuzzTarget.All.Single(item => item.Name == name);
        var seconds = int.Parse(Environment.GetEnvironmentVariable("NUA_FUZZ_SECONDS") ?? "3");
        IReadOnlyList<byte[]> kept = Directory.Exists(Path.Combine(_corpus, name))
            ? [.. Directory.GetFiles(Path.Combine(_corpus, name)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)]
            : [];
        IReadOnlyList<byte[]> seeds = [.. target.Seeds, .. kept];
        Assert.NotEmpty(seeds);
        foreach (var seed in seeds)
        {
            target.Read(seed);
        }

        Mutation.Of(seeds, target.Words, target.Mend).Sample(
            bytes =>
            {
                var began = Stopwatch.GetTimestamp();
                target.Read(bytes);
                Assert.True(Stopwatch.GetElapsedTime(began) < _longest, $"{bytes.Length} bytes took {Stopwatch.GetElapsedTime(began)}");
            }, time: seconds, threads: 1, print: Convert.ToBase64String);
    }
}
