using System.Diagnostics;
using System.IO.Compression;
using CsCheck;
using Nua.Foundation;
using Nua.Oci.Compression;
using Nua.Testing;
using Xunit;

namespace Nua.Tests.Oci;

public sealed class CompressionTests
{
    /// <summary>Data of all temperaments: random, repeating, text-like, long runs.</summary>
    private static readonly Gen<byte[]> _data =
        from kind in Gen.Int[0, 4]
        from length in Gen.OneOf(Gen.Int[0, 300], Gen.Int[0, 100_000], Gen.Int[1_000_000, 3_300_000])
        from seed in Gen.Int
        select Make(kind, length, seed);

    [Theory]
    [InlineData(LayerCompression.Gzip)]
    [InlineData(LayerCompression.Zstd)]
    [InlineData(LayerCompression.None)]
    public void Data_is_the_same_after_a_round_trip(LayerCompression compression) =>
        _data.Sample(data => Expand(Compress(data, compression), compression).AsSpan().SequenceEqual(data), iter: 25, threads: 1);

    [Fact]
    public void Checksum_is_right_whatever_the_length()
    {
        var bytes = new byte[400];
        new Random(1).NextBytes(bytes);
        for (var length = 1; length <= bytes.Length; length++)
        {
            // Ours is told by the platform's reader, the platform's by ours.
            using var ours = new MemoryStream();
            using (var stream = LayerStreams.Compress(ours, LayerCompression.Gzip))
            {
                stream.Write(bytes.AsSpan(0, length));
            }

            using var theirs = new GZipStream(new MemoryStream(ours.ToArray()), CompressionMode.Decompress);
            using var read = new MemoryStream();
            theirs.CopyTo(read);
            Assert.Equal(bytes[..length], read.ToArray());
            using var made = new MemoryStream();
            using (var gzip = new GZipStream(made, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write(bytes.AsSpan(0, length));
            }

            made.Position = 0;
            using var expanded = LayerStreams.Expand(made, LayerCompression.Gzip, "test", ExpansionLimits.Default);
            using var again = new MemoryStream();
            expanded.CopyTo(again);
            Assert.Equal(bytes[..length], again.ToArray());
        }
    }

    [Fact]
    public void Gzip_is_understood_by_zlib() => _data.Sample(
        data =>
        {
            using var gzip = new GZipStream(new MemoryStream(Compress(data, LayerCompression.Gzip)), CompressionMode.Decompress);
            using var output = new MemoryStream();
            gzip.CopyTo(output);
            return output.ToArray().AsSpan().SequenceEqual(data);
        }, iter: 25, threads: 1);

    [Fact]
    public void Gzip_of_zlib_is_understood() => Gen.Select(_data, Gen.Int[0, 9]).Sample(
        (data, level) => Expand(Zlib(data, level), LayerCompression.Gzip).AsSpan().SequenceEqual(data), iter: 25, threads: 1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    public void Gzip_is_the_same_with_any_number_of_workers_and_any_sizes_of_writes(int workers)
    {
        var data = Make(2, 5_000_001, 7);
        var expected = Compress(data, LayerCompression.Gzip, 1);
        using var output = new MemoryStream();
        using (var gzip = LayerStreams.Compress(output, LayerCompression.Gzip, workers))
        {
            var random = new Random(workers);
            for (var i = 0; i < data.Length;)
            {
                var count = Math.Min(random.Next(1, 400_000), data.Length - i);
                gzip.Write(data.AsSpan(i, count));
                i += count;
            }
        }

        Assert.Equal(expected, output.ToArray());
    }

    [Fact]
    public void Gzip_bytes_never_change()
    {
        // The digest of every image depends on these bytes: when this fails, raise DeflateEncoder.Version and say so in
        // the changelog.
        var data = Make(2, 2_500_000, 42);
        Assert.Equal(
            "sha256:183b3a1bffcf69dddd5928604e6fddcd8cd3c42d990384e60ab01dab6eaa7d59", Nua.Oci.Digest.Sha256(Compress(data, LayerCompression.Gzip)).ToString());
    }

    [Fact]
    public void Gzip_of_random_data_hardly_grows()
    {
        var data = Make(0, 3_000_000, 1);
        Assert.True(Compress(data, LayerCompression.Gzip).Length < data.Length + 1000);
    }

    [Fact]
    public void Gzip_passes_gunzip_test()
    {
        using var directory = new TempDirectory();
        var file = directory.Write("data.gz", Compress(Make(2, 3_000_000, 3), LayerCompression.Gzip));
        using var gunzip = Process.Start("gzip", ["-t", file]);
        gunzip.WaitForExit();
        Assert.Equal(0, gunzip.ExitCode);
    }

    [Theory]
    [InlineData(LayerCompression.Gzip)]
    [InlineData(LayerCompression.Zstd)]
    public void Truncation_is_noticed_at_every_byte(LayerCompression compression)
    {
        var bytes = Compress(Make(2, 3000, 5), compression);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal("NUA3040", CodeOf(() => Expand(bytes[..length], compression)));
        }
    }

    [Fact]
    public void A_flipped_bit_in_gzip_is_noticed()
    {
        var data = Make(2, 2000, 6);
        var bytes = Compress(data, LayerCompression.Gzip);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var changed = (byte[])bytes.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                // Header fields and the bits before a byte boundary mean nothing: then the data is right.
                Assert.Equal(data, Expand(changed, LayerCompression.Gzip));
            }
            catch (ProblemException error)
            {
                Assert.StartsWith("NUA304", error.Problems[0].Code, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Gzip_members_and_zero_padding_are_one_stream()
    {
        var (a, b) = (Make(2, 1000, 1), Make(0, 500, 2));
        byte[] joined = [.. Compress(a, LayerCompression.Gzip), .. Zlib([], 6), .. Zlib(b, 9), .. new byte[700]];
        Assert.Equal([.. a, .. b], Expand(joined, LayerCompression.Gzip));
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("\0\0\0x")]
    [InlineData("\x1f")]
    [InlineData("\x1f\x8b")]
    public void Garbage_behind_gzip_is_an_error(string garbage)
    {
        byte[] bytes = [.. Zlib(Make(2, 1000, 1), 6), .. System.Text.Encoding.Latin1.GetBytes(garbage)];
        Assert.StartsWith("NUA304", CodeOf(() => Expand(bytes, LayerCompression.Gzip)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LayerCompression.Gzip)]
    [InlineData(LayerCompression.Zstd)]
    public void Data_of_another_format_is_named(LayerCompression compression)
    {
        Assert.Equal("NUA3043", CodeOf(() => Expand("plain text, not compressed"u8.ToArray(), compression)));
        var other = compression == LayerCompression.Gzip ? LayerCompression.Zstd : LayerCompression.Gzip;
        Assert.Equal("NUA3043", CodeOf(() => Expand(Compress([1, 2, 3], other), compression)));
    }

    [Fact]
    public void Zstd_frames_and_skippable_frames_are_one_stream()
    {
        byte[] skippable = [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 9, 9, 9];
        var (a, b) = (Make(2, 1000, 1), Make(1, 200_000, 2));
        byte[] joined = [.. skippable, .. Compress(a, LayerCompression.Zstd), .. skippable, .. Compress(b, LayerCompression.Zstd)];
        Assert.Equal([.. a, .. b], Expand(joined, LayerCompression.Zstd));
    }

    [Fact]
    public void Garbage_behind_zstd_is_an_error() => Assert.Equal(
        "NUA3042", CodeOf(() => Expand([.. Compress([1, 2, 3], LayerCompression.Zstd), 1, 2, 3, 4, 5], LayerCompression.Zstd)));

    [Fact]
    public void A_zstd_window_over_128_MiB_is_refused()
    {
        // Magic; descriptor: no single segment, no checksum; window descriptor: exponent 21 is 2^31 bytes.
        byte[] bytes = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 21 << 3, 1, 0, 0];
        Assert.Equal("NUA3045", CodeOf(() => Expand(bytes, LayerCompression.Zstd)));
    }

    [Fact]
    public void A_zstd_dictionary_is_refused()
    {
        byte[] bytes = [0x28, 0xB5, 0x2F, 0xFD, 0x01, 0, 7, 1, 0, 0];
        Assert.Equal("NUA3045", CodeOf(() => Expand(bytes, LayerCompression.Zstd)));
    }

    [Fact]
    public void A_bomb_stops_at_the_size_limit()
    {
        var bomb = Zlib(new byte[20 << 20], 9);
        Assert.Equal("NUA3044", CodeOf(() => Expand(bomb, LayerCompression.Gzip, new ExpansionLimits(10 << 20, 2000))));
    }

    [Fact]
    public void A_bomb_stops_at_the_ratio_above_the_floor()
    {
        var bomb = Compress(new byte[80 << 20], LayerCompression.Zstd);
        Assert.Equal("NUA3044", CodeOf(() => Expand(bomb, LayerCompression.Zstd)));
        Assert.Equal(60 << 20, Expand(Compress(new byte[60 << 20], LayerCompression.Zstd), LayerCompression.Zstd).Length);
    }

    [Fact]
    public void Random_bytes_never_do_worse_than_a_typed_error() => Gen.Byte.Array[0, 200].Sample(
        bytes =>
        {
            foreach (var compression in (LayerCompression[])[LayerCompression.Gzip, LayerCompression.Zstd])
            {
                byte[] head = compression == LayerCompression.Gzip ? [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] : [0x28, 0xB5, 0x2F, 0xFD];
                try
                {
                    Expand([.. head, .. bytes], compression);
                }
                catch (ProblemException)
                {
                    // The typed error.
                }
            }
        }, iter: 5_000, threads: 1);

    internal static byte[] Compress(byte[] data, LayerCompression compression, int workers = 0)
    {
        using var output = new MemoryStream();
        using (var stream = LayerStreams.Compress(output, compression, workers))
        {
            stream.Write(data);
        }

        return output.ToArray();
    }

    internal static byte[] Expand(byte[] data, LayerCompression compression, ExpansionLimits? limits = null)
    {
        using var stream = LayerStreams.Expand(new MemoryStream(data), compression, "test", limits);
        using var output = new MemoryStream();
        stream.CopyTo(output);
        return output.ToArray();
    }

    internal static string CodeOf(Action action) => Assert.Throws<ProblemException>(action).Problems[0].Code;

    private static byte[] Zlib(byte[] data, int level)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true))
        {
            gzip.Write(data);
        }

        // GZipStream writes nothing at all for no data.
        return data.Length > 0 ? output.ToArray() : [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    }

    private static byte[] Make(int kind, int length, int seed)
    {
        var random = new Random(seed);
        var data = new byte[length];
        switch (kind)
        {
            case 0:
                random.NextBytes(data);
                break;
            case 1:
                data.AsSpan().Fill((byte)seed);
                break;
            case 2:
                for (var i = 0; i < length; i++)
                {
                    data[i] = (byte)"the quick brown fox jumps over a lazy dog\n"[random.Next(random.Next(1, 42))];
                }

                break;
            case 3:
                for (var i = 0; i < length; i++)
                {
                    data[i] = i > 1000 && random.Next(50) > 0 ? data[i - 997] : (byte)random.Next();
                }

                break;
            default:
                // Distances at the edge of the window.
                for (var i = 0; i < length; i++)
                {
                    data[i] = i >= 32768 && (i / 5000 % 2) == 0 ? data[i - 32768] : (byte)random.Next();
                }

                break;
        }

        return data;
    }
}
