// A program that knows nothing of Valet Key: reads an object as often as it is told, and says how it
// went.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

func main() {
	ctx := context.Background()
	bucket, key := os.Args[1], os.Args[2]
	times, _ := strconv.Atoi(os.Args[3])
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRetryMaxAttempts(1))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	for i := 0; i < times; i++ {
		// In the middle of a second: keys end at its beginning.
		now := time.Now()
		time.Sleep(now.Truncate(time.Second).Add(1500 * time.Millisecond).Sub(now))
		fmt.Println(read(ctx, cfg.Credentials.Retrieve, client, bucket, key))
	}
}

type retrieve func(context.Context) (aws.Credentials, error)

func read(ctx context.Context, keys retrieve, client *s3.Client, bucket, key string) string {
	said := "allowed"
	object, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	var refused smithy.APIError
	switch {
	case errors.As(err, &refused):
		said = refused.ErrorCode()
	case err != nil:
		said = err.Error()
	default:
		_, _ = io.Copy(io.Discard, object.Body)
		_ = object.Body.Close()
	}
	used, err := keys(ctx)
	if err != nil {
		return said + " with no keys: " + err.Error()
	}
	return said + " with " + used.AccessKeyID
}
