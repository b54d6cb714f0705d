using Nua.Acceptance.Running;
using Nua.Testing.Hostile;

namespace Nua.Acceptance.Judges;

/// <summary>
/// The columns of other tools in <c>docs/reference/hostile-images.md</c>. <c>NUA_UPDATE_DOCS=1</c> asks them about every case that is not
/// recorded yet, which takes minutes; delete the record to ask about all. Otherwise a slice is asked and must agree with the record.
/// </summary>
public sealed class HostilePeerTests
{
    private const int Slice = 40;

    private static readonly string _record = Path.Combine(Repository.Root, PeerRecord.Path);

    [Fact]
    public async Task Peers_still_do_what_is_recorded()
    {
        var isUpdating = Environment.GetEnvironmentVariable("NUA_UPDATE_DOCS") == "1";
        var record = PeerRecord.Read(_record);
        if (isUpdating && record.Versions.Length == 0)
        {
            record = record with { Versions = await HostilePeers.VersionsAsync() };
        }

        foreach (var (hostile, i) in HostileCorpus.All.Select((hostile, i) => (hostile, i)))
        {
            var known = record.Words.GetValueOrDefault(hostile.Id);
            if (isUpdating ? known is not null : known is null || i % Slice != 0)
            {
                continue;
            }

            var words = await HostilePeers.JudgeAsync(hostile);
            if (isUpdating)
            {
                record = record.With(hostile.Id, words);
                record.Write(_record);
                continue;
            }

            Assert.True(known!.SequenceEqual(words), $"{hostile.Id}: recorded {string.Join(' ', known!)}, now {string.Join(' ', words)}");
        }
    }
}
